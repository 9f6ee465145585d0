import { NolapseError } from "../../core/errors.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { askRemoval, foreseeRemoval, type RemovalForeseen } from "../../engine/commands/ask-removal.ts";
import { requireReason } from "../../engine/commands/stated-reason.ts";
import { discover } from "../../engine/scan/discover.ts";
import { applicationNamed } from "../../engine/scan/named.ts";
import { requirePrivilegesRead } from "../../engine/scan/privileges.ts";
import { confirm } from "../confirm.ts";
import { type Context, configOf, oneTenant, personOf, withManager } from "../context.ts";
import { type ExitCode, iso, when } from "../speak.ts";

export interface RemoveOptions {
  readonly reason: string;
  readonly accept?: readonly string[];
}

/**
 * *Remove now* from the command line: shows what the word overrules, has the key id typed, and stores it; the removal is the rotation's own,
 * and `nolapse run` carries it out. With `--yes` nobody has read it, so each code has to be named by `--accept`.
 */
export async function remove(context: Context, app: string, keyId: string, options: RemoveOptions): Promise<ExitCode> {
  requireReason(options.reason);
  const accept = (options.accept ?? []).map(known);
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const { globals, speaker, signal } = context;
  return withManager(context, config, tenant, async ({ deps }): Promise<ExitCode> => {
    const scan = await discover(deps, signal);
    requirePrivilegesRead(scan);
    const appId = applicationNamed(scan, app);
    const holders = scan.holders.filter((one) => one.appId === appId);
    const privileges = scan.privileges.held.get(appId) ?? [];
    const place = { appId, keyId: keyId.trim().toLowerCase(), holders, privileges };
    const person = await personOf(context, config, tenant, "asking");
    const seen = await foreseeRemoval(deps, place, person, signal);
    if (seen.refusal !== null) throw seen.refusal;
    for (const line of told(seen)) speaker.say(`nolapse: ${line}`);
    if (!seen.before) await confirm(context, `nolapse: nobody can bring ${keyId} back`, keyId);
    const accepts = globals.yes === true ? accept : seen.overrules.map(({ code }) => code);
    const rotation = await askRemoval(deps, place, { accepts, why: options.reason, person }, signal);
    if (!seen.before)
      speaker.say(`nolapse: asked for; nolapse run carries it out, nolapse cancel ${rotation.id} ends it`);
    if (globals.json === true) {
      const { at, before, overrules } = seen;
      speaker.json({
        rotation: rotation.id,
        appId,
        keyId: place.keyId,
        at: iso(at),
        before,
        overrules: [...overrules],
      });
    }
    return 0;
  });
}

/** @throws NolapseError `usage`. */
function known(code: string): ReasonCode {
  if (Object.hasOwn(REASONS, code)) return code as ReasonCode;
  throw new NolapseError("usage", `there is no reason "${code}" to accept`, {
    next: "without --yes the command shows what speaks against it, with the code of each",
  });
}

function told({ rotation, opens, before, at, waits, overrules }: RemovalForeseen): string[] {
  const { displayName, replaces, replacesKind, issued, slot, deliveries } = rotation;
  const what = `${displayName}: ${replacesKind} ${replaces}`;
  if (before) return [`${what}: its removal was asked for before; nothing was changed`];
  const places = deliveries.map(({ target }) => target).join(", ");
  const proof = `once ${issued?.keyId} of slot ${slot} is proven again${places === "" ? "" : ` at ${places}`}`;
  return [
    `${what} goes ${proof}${opens ? "; no rotation replaces it" : ""}`,
    ...overrules.map(({ code, detail }) => `your word overrules: ${sentence(code, detail)}`),
    ...(at === null ? [] : [`not before ${when(at)} UTC: by then every declared consumer can have reloaded`]),
    ...(waits === null ? [] : [`then it waits: ${sentence(waits.because, waits.detail)}`]),
  ];
}

function sentence(code: ReasonCode, detail: string | null): string {
  return `${REASONS[code]}${detail === null ? "" : ` (${detail})`} [${code}]`;
}
