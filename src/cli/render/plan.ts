/** The plan, for people and for programs. */
import type { AppManagementReading } from "../../core/policy/app-policy.ts";
import { mendOf } from "../../core/policy/mends.ts";
import { REASONS } from "../../core/reasons.ts";
import { heldBecause, pausedWords } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, daysBetween, type EpochMs, formatInstant } from "../../core/time.ts";
import type { Plan, PlanItem } from "../../engine/plan/plan.ts";
import { iso, relative, type Style, table, when } from "../speak.ts";
import { heldBack } from "./run.ts";

const SHOWN = 20;

/** The document of `plan --json` (docs/json/plan.schema.json); `held`: the rotations that persons hold. */
export function planJson(plan: Plan, held: readonly Rotation[]) {
  return {
    tenant: plan.tenantId,
    madeAt: iso(plan.madeAt),
    mode: plan.mode,
    coverage: plan.coverage,
    issuedBy: iso(plan.issuedBy),
    retiredBy: iso(plan.retiredBy),
    waves: {
      issues: plan.waves.issues.map((one) => ({ ...one, day: dayOf(one.day) })),
      retirements: plan.waves.retirements.map((one) => ({ ...one, day: dayOf(one.day) })),
      kept: plan.waves.kept,
      awaiting: plan.waves.awaiting,
    },
    appPolicies: appPoliciesJson(plan.appPolicies),
    stopped: plan.stopped,
    loss: plan.loss,
    removalOff: plan.switches.removalOff?.why ?? null,
    breaker: plan.switches.breaker?.why ?? null,
    pausedRotations: held.flatMap(({ id, holder, displayName, slot, state, paused }) =>
      paused === undefined
        ? []
        : {
            rotation: id,
            appId: holder.appId,
            displayName,
            slot,
            state,
            reason: heldBecause(paused),
            paused: { by: paused.by, at: iso(paused.at), reason: paused.reason ?? null },
          },
    ),
    items: plan.items.map((item) => ({
      appId: item.appId,
      displayName: item.displayName,
      slot: item.slot,
      keyId: item.credential?.keyId ?? item.rotation?.replaces ?? null,
      end: iso(item.credential?.end ?? item.rotation?.replacesEnd ?? null),
      status: item.status,
      reason: item.because,
      sentence: REASONS[item.because],
      detail: item.detail,
      policy: item.policy?.name ?? null,
      targets: item.targets,
      rotateAt: iso(item.forecast?.rotateAt ?? null),
      urgentAt: iso(item.forecast?.urgentAt ?? null),
      lastSafeAt: iso(item.forecast?.lastSafeAt ?? null),
      startsAt: iso(item.startsAt),
      retiresAt: iso(item.retiresAt),
      rotation: item.rotation?.id ?? null,
      state: item.rotation?.state ?? null,
    })),
  };
}

/** `held`: the rotations that persons hold; `tenant`: as `tenantNamed` gives it. */
export function planLines(
  plan: Plan,
  {
    held,
    tenant,
    hasFile,
  }: { readonly held: readonly Rotation[]; readonly tenant: string | undefined; readonly hasFile: boolean },
  style: Style,
): string[] {
  const of = (status: PlanItem["status"]) => plan.items.filter((one) => one.status === status);
  const [due, running] = [of("due"), of("in-progress")];
  // what somebody has bound and counts on is told apart from what nobody has handed over
  const stuck = of("cannot").filter(({ slot }) => slot !== null);
  const left = of("cannot").filter(({ slot }) => slot === null);
  const cannot = stuck.length === 0 ? "" : `${stuck.length} bound but not renewed as things are, `;
  const done = plan.issuedBy === null ? "" : `; the last successor is issued by ${when(plan.issuedBy)} UTC`;
  const gone = plan.retiredBy === null ? "" : `, the last old one is retired by ${when(plan.retiredBy)} UTC`;
  const bound = plan.items.filter((one) => one.slot !== null && one.status === "later");
  return [
    style.bold(
      `${due.length} to rotate, ${running.length} in progress, ${cannot}${left.length} due or expired that nolapse leaves alone${done}${gone}`,
    ),
    ...heldBack(plan, tenant),
    ...section("to rotate", byStart(due), ["ends (UTC)", "application", "slot", "targets", "starts", "why"], (one) => [
      when(one.credential?.end ?? null),
      one.displayName,
      one.slot ?? "–",
      one.targets.join(", "),
      one.startsAt === null || one.startsAt <= plan.madeAt ? "now" : relative(one.startsAt, plan.madeAt),
      whyOf(one),
    ]),
    ...waveLines(plan),
    ...section("in progress", running, ["application", "slot", "state", "since", "rotation"], (one) => [
      one.displayName,
      one.slot ?? "–",
      one.rotation === null ? "–" : `${one.rotation.state}${one.rotation.paused === undefined ? "" : ", paused"}`,
      when(one.rotation?.plannedAt ?? null),
      one.rotation?.id ?? "–",
    ]),
    ...section("paused by a person", held, ["application", "slot", "state", "paused"], (one) => [
      one.displayName,
      one.slot,
      one.state,
      one.paused === undefined ? "–" : pausedWords(one, one.paused, tenant),
    ]),
    ...section(
      "bound, but not renewed as things are",
      byEnd(stuck),
      ["ends (UTC)", "application", "slot", "why"],
      (one) => [when(one.credential?.end ?? null), one.displayName, one.slot ?? "–", whyOf(one)],
    ),
    ...mends(stuck),
    ...section("left alone", byEnd(left), ["days", "application", "credential", "why"], (one) => [
      one.credential?.end == null ? "–" : `${daysBetween(plan.madeAt, one.credential.end)}`,
      one.displayName,
      one.credential?.name ?? one.slot ?? "–",
      whyOf(one),
    ]),
    "",
    `${bound.length} bound credentials are not due; ${of("later").length - bound.length} others end later`,
    ...appPolicyLines(plan.appPolicies),
    ...(plan.mode === "observe" ? ["mode observe: nolapse only looks and writes nothing"] : []),
    ...(hasFile ? [] : ["no configuration file: no application is bound to a target, so nothing can be rotated"]),
    `${plan.coverage.complete ? "from a complete scan of" : "from an incomplete scan of only"} ${plan.coverage.applications} applications and ${plan.coverage.servicePrincipals} service principals at ${when(plan.madeAt)} UTC`,
  ];
}

/** What was found out of the tenant's app management policies, for the documents of plan and explain. */
export function appPoliciesJson(reading: AppManagementReading) {
  return { state: reading.state, why: reading.state === "unknown" ? reading.why : null };
}

export function appPolicyLines(reading: AppManagementReading): string[] {
  if (reading.state !== "unknown") return [];
  const next = reading.next === null ? [] : [`hint: ${reading.next}`];
  return [`app management policies are not known, so a refusal cannot be foreseen: ${reading.why}`, ...next];
}

function dayOf(day: EpochMs): string {
  return formatInstant(day).slice(0, 10);
}

/** Days on which the same happens, one after the other, are one line. */
interface Stretch {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly count: number;
  readonly marked: number;
  readonly total: number;
}

function stretches(days: readonly (Omit<Stretch, "from" | "to"> & { readonly day: EpochMs })[]): Stretch[] {
  const lines: Stretch[] = [];
  for (const { day, ...one } of days) {
    const before = lines.at(-1);
    const goes = before?.to === day - DAY && before.count === one.count && before.marked === one.marked;
    if (before !== undefined && goes) lines[lines.length - 1] = { ...one, from: before.from, to: day };
    else lines.push({ ...one, from: day, to: day });
  }
  return lines;
}

/** Which day brings what, where it is more than one day's work. */
function waveLines({ waves, mode }: Plan): string[] {
  const issues = stretches(waves.issues.map(({ urgent, ...one }) => ({ ...one, marked: urgent })));
  const retirements = stretches(waves.retirements.map(({ early, ...one }) => ({ ...one, marked: early })));
  const span = ({ from, to }: Stretch) => (from === to ? dayOf(from) : `${dayOf(from)} – ${dayOf(to)}`);
  const row = (one: Stretch) => [span(one), `${one.count}`, `${one.marked}`, `${one.total}`];
  // the beginning and the end say most; the middle is in the document
  const rows = (all: readonly Stretch[]) =>
    all.length <= SHOWN
      ? all.map(row)
      : [
          ...all.slice(0, SHOWN / 2).map(row),
          [`… ${all.length - SHOWN} more lines`, "", "", ""],
          ...all.slice(-SHOWN / 2).map(row),
        ];
  const people =
    waves.awaiting === 0
      ? []
      : [`${waves.awaiting} of them wait for a person first (${mode === "propose" ? "mode propose" : "approval"})`];
  return [
    ...(waves.issues.length < 2
      ? []
      : ["", "issued (UTC):", ...table(["day", "each day", "urgent", "so far"], rows(issues))]),
    ...people,
    ...(waves.issues.length < 2
      ? []
      : ["", "retired (UTC):", ...table(["day", "each day", "early", "so far"], rows(retirements))]),
    ...(waves.kept === 0 ? [] : [`${waves.kept} old credentials are kept until a person removes them`]),
  ];
}

function section<Item>(
  title: string,
  items: readonly Item[],
  head: readonly string[],
  row: (item: Item) => string[],
): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`… and ${items.length - SHOWN} more; --json lists all`] : [];
  return ["", `${title}:`, ...table(head, items.slice(0, SHOWN).map(row)), ...more];
}

function whyOf({ because, detail }: PlanItem): string {
  return detail === null ? REASONS[because] : `${REASONS[because]} (${detail})`;
}

/** What to do about each reason, with one that has it. */
function mends(stuck: readonly PlanItem[]): string[] {
  return [...Map.groupBy(stuck, (one) => one.because)].map(([because, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `hint: ${first?.displayName}${more}: ${mendOf(because).text}`;
  });
}

function byStart(items: readonly PlanItem[]): PlanItem[] {
  return [...items].sort((a, b) => (a.startsAt ?? 0) - (b.startsAt ?? 0));
}

function byEnd(items: readonly PlanItem[]): PlanItem[] {
  const end = (item: PlanItem) => item.credential?.end ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((a, b) => end(a) - end(b));
}
