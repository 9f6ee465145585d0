import { DAY } from "../../core/time.ts";
import { askUndo } from "../../engine/commands/undo.ts";
import { runOnce } from "../../engine/maintain.ts";
import { actorOf, type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { type ExitCode, iso, when } from "../speak.ts";
import { waitOf } from "../wait.ts";
import { teller, waits } from "./run.ts";

/** How long a retired certificate is put back for where nobody says. */
const FOR = 7 * DAY;

/** Puts a retired certificate's public part back for a time, and waits until it is there. */
export async function undo(context: Context, id: string, options: { readonly for?: number }): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  warn(context, config);
  const work = async ({ deps }: Parameters<Parameters<typeof withManager>[3]>[0]) => {
    await askUndo(deps, id, { length: options.for ?? FOR, actor: actorOf(context) });
    const wait = waitOf(undefined, tenant.acceptance.over);
    await runOnce(deps, { wait, only: [id], signal: context.signal, onWait: waits(context) });
    return deps.store.rotation(id);
  };
  const rotation = await withManager(context, config, tenant, work, teller(context, "whole"));
  const done = rotation?.undo ?? null;
  const isBack = done !== null && done.addedAt !== null;
  const { speaker, globals } = context;
  if (globals.json === true) {
    speaker.json({ rotation: id, keyId: done?.keyId ?? null, until: iso(done?.until ?? null), putBack: isBack });
  } else if (isBack) {
    speaker.say(
      `nolapse: ${rotation?.displayName}: certificate ${done.keyId} is back until ${when(done.until)} UTC; then it is swept`,
    );
  } else {
    const why = rotation?.lastFailure ?? null;
    speaker.say(
      `nolapse: it is not back yet${why === null ? "" : `: ${why.message} [${why.code}]`}; nolapse run goes on with it`,
    );
  }
  return isBack ? 0 : 4;
}
