/** For each rule the small tenant that would break without it: what happened there that must not, as sentences; none with the rule. */
import type { RuleName } from "../../../scripts/mutants/rules.ts";
import type { AppManagement } from "../../../src/core/policy/app-policy.ts";
import type { Person } from "../../../src/core/policy/approval.ts";
import { GRAPH_APP_ID } from "../../../src/core/policy/privilege.ts";
import { DAY, formatInstant, HOUR, MINUTE, plus } from "../../../src/core/time.ts";
import { approve } from "../../../src/engine/commands/approve.ts";
import { stop } from "../../../src/engine/commands/stop.ts";
import { budgetTenant } from "./budget-tenant.ts";
import { mostWithin, SmallTenant, START, type Write } from "./tenant.ts";

const ANN: Person = { actor: "entra:ann@contoso.example", objectId: "aaaaaaaa-0000-4000-8000-000000000001" };
/** Due, and far from urgent. */
const DUE = 50 * DAY;
const due = (count: number) => Array.from({ length: count }, () => DUE);
const LIMITS = { issuesPerHour: 60 };

const said = (why: string, writes: readonly Write[]) =>
  writes.map(({ at, what, app }) => `${what} of ${app} at ${formatInstant(at)} although ${why}`);
const atMost = (what: string, counted: number, most: number) =>
  counted > most ? [`${counted} ${what}, not ${most}`] : [];

async function mode(): Promise<string[]> {
  const bad: string[] = [];
  for (const quiet of ["observe", "propose"] as const) {
    const tenant = new SmallTenant({ ends: due(2), settings: { mode: quiet } });
    await tenant.live(3);
    bad.push(...said(`the mode is ${quiet} and nobody has asked`, tenant.writes));
  }
  return bad;
}

/** Four issues a day would be nothing later; on the first day, with nothing proven, it is three too many. */
async function ramp(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(40), settings: { limits: LIMITS } });
  await tenant.live(6);
  const [first] = tenant.of("issue");
  if (first === undefined) return ["nothing was issued at all"];
  // the first one is clean 28 hours after it was verified, a few minutes after it was issued
  const young = tenant.of("issue").filter(({ at }) => at < plus(first.at, 28 * HOUR));
  const later = tenant
    .of("issue")
    .filter(({ at }) => at >= plus(first.at, 28 * HOUR) && at < plus(first.at, 56 * HOUR));
  return [
    ...atMost("issues in a day before one was clean", mostWithin(young, DAY), 1),
    ...atMost("issues in a day before six were clean", mostWithin(later, DAY), 5),
  ];
}

async function hourlyLimit(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(8), settings: { limits: { issuesPerHour: 1 } } });
  await tenant.live(4);
  return atMost("issues within one hour", mostWithin(tenant.of("issue"), HOUR), 1);
}

async function waves(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(30) });
  await tenant.live(2);
  tenant.settings = { ...tenant.settings, limits: LIMITS };
  await tenant.live(8);
  const [first] = tenant.of("remove");
  if (first === undefined) return ["nothing was retired at all"];
  return [
    ...atMost(
      "retired within 28 hours of the first",
      mostWithin([first, ...tenant.of("remove")].slice(1), 28 * HOUR),
      11,
    ),
    ...atMost(
      "retired in the first wave",
      tenant.of("remove").filter(({ at }) => at < plus(first.at, 28 * HOUR)).length,
      1,
    ),
  ];
}

/** No new secret is honoured any more: the third that fails is the last for now. */
async function breaker(): Promise<string[]> {
  const tenant = new SmallTenant({
    ends: Array.from({ length: 8 }, (_, day) => (60 + day) * DAY),
    policy: { renewBefore: 60 * DAY },
  });
  tenant.entra.tokenLag = 30 * DAY;
  await tenant.live(10);
  const withdrawn = tenant.of("remove");
  const third = withdrawn[2];
  if (third === undefined) return ["fewer than three failed"];
  return said(
    "three in a row were never accepted",
    tenant.of("issue").filter(({ at }) => at > third.at),
  );
}

async function stopped(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(2) });
  await tenant.live(1);
  await stop(tenant.deps(), "cli:ann");
  const before = tenant.writes.length;
  await tenant.live(6);
  return said("it was told to stop", tenant.writes.slice(before));
}

/** The directory shows three quarters of the tenant and calls it all there is. */
async function lossyScan(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: [...due(6), ...Array.from({ length: 14 }, () => 100 * DAY)] });
  tenant.settings = { ...tenant.settings, mode: "observe" };
  await tenant.live(1);
  const { entra } = tenant;
  const gone = new Set(tenant.apps.slice(15).map((one) => one.appId));
  const whole = entra.page.bind(entra);
  entra.page = async (...asked) => {
    const page = await whole(...asked);
    return { ...page, holders: page.holders.filter((one) => !gone.has(one.appId)) };
  };
  tenant.settings = { ...tenant.settings, mode: "enforce" };
  // the second one and all after it have lost as much: nobody has said that it is gone
  await tenant.live(3);
  return said("the scans have lost a quarter of what was known", tenant.of("issue"));
}

async function window(): Promise<string[]> {
  const windows = [{ days: ["tue"], from: "10:00", to: "11:00" }] as const;
  const tenant = new SmallTenant({ ends: due(2), policy: { windows: [...windows] } });
  await tenant.live(20);
  if (tenant.writes.length === 0) return ["nothing was ever begun"];
  const inside = ({ at }: Write) => {
    const time = new Date(at);
    return time.getUTCDay() === 2 && time.getUTCHours() === 10;
  };
  return said(
    "it is not Tuesday between ten and eleven",
    tenant.writes.filter((one) => one.what !== "deliver" && !inside(one)),
  );
}

async function freeze(): Promise<string[]> {
  const tenant = new SmallTenant({
    ends: due(2),
    policy: { freeze: [{ from: "2026-01-01", to: "2026-01-10", reason: "year end" }] },
  });
  await tenant.live(14);
  if (tenant.writes.length === 0) return ["nothing was begun after it"];
  return said(
    "it is frozen",
    tenant.writes.filter(({ at }) => at < plus(START, 10 * DAY)),
  );
}

async function approval(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(2), policy: { approval: "both" } });
  await tenant.live(5);
  return said("nobody has approved", tenant.writes);
}

function privilegedTenant(): SmallTenant {
  const tenant = new SmallTenant({ ends: due(1) });
  const { entra } = tenant;
  entra.seed({ type: "servicePrincipal", appId: GRAPH_APP_ID, displayName: "Microsoft Graph" });
  const appId = tenant.apps[0]?.appId ?? "";
  const own = entra.seed({ type: "servicePrincipal", appId, displayName: "app 1" });
  entra.appRoles = [{ principalId: own.objectId, roleId: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8" }];
  return tenant;
}

async function privileged(): Promise<string[]> {
  const tenant = privilegedTenant();
  await tenant.live(5);
  return said("it may assign every role and nobody has approved", tenant.writes);
}

async function twoPersons(): Promise<string[]> {
  const tenant = privilegedTenant();
  await tenant.live(1);
  for (const { id } of tenant.shelf.rotations.values()) await approve(tenant.deps(), id, "both", ANN);
  await tenant.live(5);
  return said("one person alone has approved", tenant.writes);
}

/** A batch job nobody declared signs in with the old secret every day. */
async function evidence(): Promise<string[]> {
  const tenant = new SmallTenant({
    ends: [150 * DAY],
    policy: { retire: "after-evidence", renewBefore: 85 * DAY, maxAge: 90 * DAY },
  });
  const [app] = tenant.apps;
  if (app === undefined) return ["there is no application"];
  await tenant.live(60, () => {
    for (const keyId of tenant.entra.keyIds(app)) tenant.entra.federation.signsIn(app.appId, { keyId });
  });
  return said("somebody signs in with it every day", tenant.of("remove"));
}

/** The consumer reads its copy every five days; the policy would let the old one go after one. */
async function reload(): Promise<string[]> {
  const tenant = new SmallTenant({ ends: due(1), reload: 5 * DAY, policy: { overlap: DAY } });
  await tenant.live(10);
  const [delivered] = tenant.of("deliver");
  if (delivered === undefined || tenant.of("remove").length === 0) return ["it was never replaced"];
  return said(
    "its consumer may still hold it",
    tenant.of("remove").filter(({ at }) => at < plus(delivered.at, 5 * DAY + 90 * MINUTE)),
  );
}

async function foresight(): Promise<string[]> {
  const secrets = [
    { type: "passwordAddition", isEnabled: true, maxLifetime: null, createdAfter: null, exemptsCallers: false },
  ] as const;
  const none = { secrets: [], certificates: [] };
  const all: AppManagement = {
    standard: {
      name: "Default",
      isEnabled: true,
      applications: { ...none, secrets: [...secrets] },
      servicePrincipals: none,
    },
    custom: [],
  };
  const tenant = new SmallTenant({ ends: due(2), deps: { appPolicies: { read: async () => all } } });
  await tenant.live(3);
  return said("the tenant's policy forbids new secrets", tenant.of("issue"));
}

export const TENANTS: Readonly<Record<RuleName, () => Promise<string[]>>> = {
  "rule-mode": mode,
  "rule-ramp": ramp,
  "rule-hourly-limit": hourlyLimit,
  "rule-waves": waves,
  "rule-breaker": breaker,
  "rule-stop": stopped,
  "rule-lossy-scan": lossyScan,
  "rule-window": window,
  "rule-freeze": freeze,
  "rule-approval": approval,
  "rule-two-persons": twoPersons,
  "rule-privileged": privileged,
  "rule-budget": budgetTenant,
  "rule-evidence": evidence,
  "rule-reload": reload,
  "rule-foresight": foresight,
};
