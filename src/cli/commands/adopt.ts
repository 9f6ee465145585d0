import { endOf } from "../../core/credentials/credential.ts";
import { adopt as take } from "../../engine/commands/adopt.ts";
import { actorOf, type Context, configOf, oneTenant, withManager } from "../context.ts";
import { type ExitCode, iso, when } from "../speak.ts";

/** Enters somebody else's credential into the ledger; says what that allows, and what it does not. */
export async function adopt(
  context: Context,
  app: string,
  keyId: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const { holder, credential, since, before } = await withManager(context, config, tenant, ({ deps }) =>
    take(deps, app, { keyId, why: reason, actor: actorOf(context) }),
  );
  const { speaker, globals } = context;
  const what = `${credential.kind === "secret" ? "client secret" : "certificate"} ${credential.keyId}`;
  speaker.say(
    before
      ? `nolapse: ${holder.displayName}: ${what} was adopted on ${when(since)} UTC already; nothing was done`
      : `nolapse: ${holder.displayName}: ${what} is adopted; nothing was removed`,
  );
  speaker.say(
    "nolapse: the rotation that replaces it, as the current credential of a slot, may retire it; else a person's word: nolapse remove",
  );
  if (globals.json === true) {
    speaker.json({
      appId: holder.appId,
      objectId: holder.objectId,
      owner: holder.type,
      keyId: credential.keyId,
      kind: credential.kind,
      end: iso(endOf(credential)),
      adoptedAt: iso(since),
      before,
    });
  }
  return 0;
}
