/** The plan, for people and for programs. */
import { REASONS } from "../../core/reasons.ts";
import { daysBetween } from "../../core/time.ts";
import type { Plan, PlanItem } from "../../engine/plan.ts";
import { iso, relative, type Style, table, when } from "../speak.ts";

const SHOWN = 20;

/** The document of `plan --json` (docs/json/plan.schema.json). */
export function planJson(plan: Plan) {
  return {
    tenant: plan.tenantId,
    madeAt: iso(plan.madeAt),
    mode: plan.mode,
    coverage: plan.coverage,
    issuedBy: iso(plan.issuedBy),
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
      rotation: item.rotation?.id ?? null,
      state: item.rotation?.state ?? null,
    })),
  };
}

export function planLines(plan: Plan, hasFile: boolean, style: Style): string[] {
  const of = (status: PlanItem["status"]) => plan.items.filter((one) => one.status === status);
  const [due, running, cannot] = [of("due"), of("in-progress"), of("cannot")];
  const done = plan.issuedBy === null ? "" : `; the last successor is issued by ${when(plan.issuedBy)} UTC`;
  const bound = plan.items.filter((one) => one.slot !== null && one.status === "later");
  return [
    style.bold(
      `${due.length} to rotate, ${running.length} in progress, ${cannot.length} due or expired that nolapse leaves alone${done}`,
    ),
    ...section("to rotate", due, ["ends (UTC)", "application", "slot", "targets", "starts", "why"], (one) => [
      when(one.credential?.end ?? null),
      one.displayName,
      one.slot ?? "–",
      one.targets.join(", "),
      one.startsAt === null || one.startsAt <= plan.madeAt ? "now" : relative(one.startsAt, plan.madeAt),
      REASONS[one.because],
    ]),
    ...section("in progress", running, ["application", "slot", "state", "since", "rotation"], (one) => [
      one.displayName,
      one.slot ?? "–",
      one.rotation?.state ?? "–",
      when(one.rotation?.plannedAt ?? null),
      one.rotation?.id ?? "–",
    ]),
    ...section("left alone", byEnd(cannot), ["days", "application", "credential", "why"], (one) => [
      one.credential?.end == null ? "–" : `${daysBetween(plan.madeAt, one.credential.end)}`,
      one.displayName,
      one.credential?.name ?? one.slot ?? "–",
      one.detail === null ? REASONS[one.because] : `${REASONS[one.because]} (${one.detail})`,
    ]),
    "",
    `${bound.length} bound credentials are not due; ${of("later").length - bound.length} others end later`,
    ...(plan.mode === "observe" ? ["mode observe: nolapse only looks and writes nothing"] : []),
    ...(hasFile ? [] : ["no configuration file: no application is bound to a target, so nothing can be rotated"]),
    `${plan.coverage.complete ? "from a complete scan of" : "from an incomplete scan of only"} ${plan.coverage.applications} applications and ${plan.coverage.servicePrincipals} service principals at ${when(plan.madeAt)} UTC`,
  ];
}

function section(
  title: string,
  items: readonly PlanItem[],
  head: readonly string[],
  row: (item: PlanItem) => string[],
): string[] {
  if (items.length === 0) return [];
  const more = items.length > SHOWN ? [`… and ${items.length - SHOWN} more; --json lists all`] : [];
  return ["", `${title}:`, ...table(head, items.slice(0, SHOWN).map(row)), ...more];
}

function byEnd(items: readonly PlanItem[]): PlanItem[] {
  const end = (item: PlanItem) => item.credential?.end ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((a, b) => end(a) - end(b));
}
