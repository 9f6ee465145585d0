/** `nolapse rotate`: rotations opened on a person's word, and what is refused with its reason. */

import { command, tenantNamed } from "../../core/commands.ts";
import { asNolapseError, asThrown, NolapseError } from "../../core/errors.ts";
import { heldBecause, pausedWords } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { openRotation } from "../plan/open.ts";
import { makePlan, type PlanItem } from "../plan/plan.ts";
import { readSelf } from "../plan/self.ts";
import { tryStore } from "../rotation/amend.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { discover, type Scan } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";
import { requirePrivilegesRead } from "../scan/privileges.ts";
import { approve, isPrivileged } from "./approve.ts";

/** What `nolapse rotate` opened or found open, and what it could not. */
export interface Asked {
  readonly rotations: readonly Rotation[];
  /** How many of them were opened now; the others were open already. */
  readonly opened: number;
  /** Each says why. */
  readonly refused: readonly PlanItem[];
  /** Those that could not be asked for. */
  readonly failed: readonly { readonly item: PlanItem; readonly error: NolapseError }[];
}

/** What keeps everything from being asked for, and is no answer for one alone. */
export function isFault({ code }: NolapseError): boolean {
  return code === "unexpected" || code.startsWith("store-f");
}

/** The same where nothing failed. @throws what the first one failed with. */
export function unlessFailed(asked: Asked): Asked {
  const [first] = asked.failed;
  if (first !== undefined) throw asThrown(first.error);
  return asked;
}

/**
 * Opens rotations of the named applications on a person's word; with `now` also those that are not due, though never past
 * a safety rule.
 * @throws NolapseError `not-found` when an application is not in the tenant, `refused-by-mode` in mode observe,
 * `refused-by-stop` while everything stands still: what is asked for then would be forgotten, and done all the same later.
 */
export async function ask(
  deps: Deps,
  named: readonly string[],
  { now, actor }: { readonly now: boolean; readonly actor: string },
): Promise<Asked> {
  await requireWriting(deps);
  const scan = deps.self === undefined ? await discover(deps) : await readSelf(deps, deps.self);
  requirePrivilegesRead(scan);
  const plan = await makePlan(deps, scan);
  const items: PlanItem[] = [];
  for (const appId of new Set(named.map((one) => applicationNamed(scan, one)))) {
    const own = plan.items.filter((one) => one.appId === appId && one.slot !== null);
    if (own.length === 0) throw notBound(scan, appId);
    items.push(...own);
  }
  return unlessFailed(await askItems(deps, items, { now, actor }));
}

/**
 * The same of slots that are planned already, for whoever has just looked. One that fails undoes no other, and after a fault none
 * is asked for any more: what was opened is told all the same.
 * @throws NolapseError as {@link ask} does where nothing at all may be begun.
 */
export async function askItems(
  deps: Deps,
  items: readonly PlanItem[],
  { now, actor }: { readonly now: boolean; readonly actor: string },
): Promise<Asked> {
  await requireWriting(deps);
  const at = await deps.clock.now();
  const rotations: Rotation[] = [];
  let opened = 0;
  const refused: PlanItem[] = [];
  const failed: { item: PlanItem; error: NolapseError }[] = [];
  for (const item of items) {
    try {
      const rotation = outcomeOf(item, now) === "refused" ? null : await askFor(deps, item, actor, at);
      if (rotation === null) refused.push({ ...item, ...refusalOf(deps, item) });
      else rotations.push(rotation);
      if (rotation !== null && item.rotation === null) opened += 1;
    } catch (thrown) {
      const error = asNolapseError(thrown);
      failed.push({ item, error });
      if (isFault(error)) break;
    }
  }
  return { rotations, opened, refused, failed };
}

/**
 * The rotations of the application that this process is signed in as, made due now: only `rotate --self` moves them, so that
 * each such command goes on with what earlier ones have begun. Their ids.
 */
export async function takeUpOwn(deps: Deps, actor: string): Promise<readonly string[]> {
  const { self, settings, store } = deps;
  if (self === undefined) return [];
  const at = await deps.clock.now();
  const open = (await store.rotations({ tenantId: settings.tenantId, appId: self.appId })).filter(
    (one) => one.self && one.dueAt !== null,
  );
  const taken = [];
  for (const one of open) {
    if ((await tryStore(deps, one, [{ type: "waited", at, dueAt: at }], actor)) !== null) taken.push(one.id);
  }
  return taken;
}

/** What asking for a slot comes to: `opens` a rotation, finds one `open` already, or is `refused` for what the item says. */
export type Outcome = "opens" | "open" | "refused";

export function outcomeOf({ status, rotation, holder, credential, policy }: PlanItem, now: boolean): Outcome {
  if (status === "later" && !now) return "refused";
  // nobody's word for the new credential takes it up again: that is said of all that is halted
  if (rotation?.state === "halted" || rotation?.paused !== undefined) return "refused";
  if (rotation !== null) return "open";
  const isWhole = holder !== null && credential !== null && policy !== null;
  return status === "cannot" || !isWhole ? "refused" : "opens";
}

/** Why what is refused is: of a halted one the reason of the halt, of a paused one who holds it, since when and why, not what it was opened for. */
export function refusalOf(
  { settings }: Pick<Deps, "settings">,
  { rotation, because, detail }: PlanItem,
): Pick<PlanItem, "because" | "detail"> {
  const tenant = tenantNamed(settings);
  const { paused } = rotation ?? {};
  // what halted while it was paused is taken up again first
  if (rotation !== null && paused !== undefined && rotation.state !== "halted")
    return { because: heldBecause(paused), detail: pausedWords(rotation, paused, tenant) };
  if (rotation?.state !== "halted") return { because, detail };
  return {
    because: rotation.haltReason ?? because,
    detail: `its rotation is halted; ${command(tenant, "resume")} takes it up again`,
  };
}

async function askFor(deps: Deps, item: PlanItem, actor: string, at: EpochMs): Promise<Rotation | null> {
  if (item.rotation !== null) {
    if (deps.self !== undefined && !item.rotation.self) throw otherWay(item.rotation);
    // where two persons must, who asks for it has not approved it
    if (isPrivileged(item.rotation)) return item.rotation;
    return approve(deps, item.rotation.id, "issue", actor);
  }
  return openRotation(deps, item, "asked-for", at, { actor, approved: true });
}

function otherWay({ id, displayName }: Rotation): NolapseError {
  return new NolapseError("refused-by-rule", `a rotation of ${displayName} was begun with the tenant's own sign-in`, {
    next: `let nolapse run finish it, or nolapse cancel ${id}, then nolapse rotate --self`,
  });
}

function notBound(scan: Scan, appId: string): NolapseError {
  const seen = scan.holders.find((one) => one.appId === appId);
  return new NolapseError(
    "not-found",
    `${seen?.displayName ?? "the application"} (${appId}) has no entry with targets in the configuration`,
    { next: "add it under applications, with the targets that hold its secret" },
  );
}
