/** What is foreseen of app management policies is what the directory then does. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Holder, HolderRef, Kind } from "../../src/core/credentials/credential.ts";
import { foresee } from "../../src/core/policy/app-policy.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { makeCertificate } from "../support/certificates.ts";
import { type GraphBench, openGraph, plant, principalOf } from "../support/graph-bench.ts";

let bench: GraphBench;
let send: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Record<string, string> }>;
beforeEach(async () => {
  bench = await openGraph();
  send = (await graphAs(bench.directory)) as never;
});
afterEach(() => bench.close());

const STANDARD = "/policies/defaultAppManagementPolicy";
const CUSTOM = "/policies/appManagementPolicies";
const secrets = (maxLifetime: string, more = {}) => ({
  restrictionType: "passwordLifetime",
  state: "enabled",
  maxLifetime,
  ...more,
});
const NO_SECRETS = { restrictionType: "passwordAddition", state: "enabled", maxLifetime: null };
const certificates = (maxLifetime: string) => ({
  restrictionType: "asymmetricKeyLifetime",
  state: "enabled",
  maxLifetime,
});
const restrictions = (passwordCredentials: unknown[], keyCredentials: unknown[] = []) => ({
  passwordCredentials,
  keyCredentials,
});

async function standard(applicationRestrictions: unknown, more = {}): Promise<void> {
  const { status } = await send("PATCH", STANDARD, { isEnabled: true, applicationRestrictions, ...more });
  expect(status).toBe(204);
}

async function custom(holder: HolderRef, given: unknown, isEnabled = true): Promise<void> {
  const { body } = await send("POST", CUSTOM, { displayName: "Own rules", isEnabled, restrictions: given });
  const reference = { "@odata.id": `https://graph.microsoft.com/v1.0${CUSTOM}/${body.id}` };
  const kind = holder.type === "application" ? "applications" : "servicePrincipals";
  const { status } = await send("POST", `/${kind}/${holder.objectId}/appManagementPolicies/$ref`, reference);
  expect(status).toBe(204);
}

const read = async (holder: HolderRef): Promise<Holder> => (await bench.entra.read(holder)).holder;

/** Adds one that lasts as long as Nolapse would make it last; whether the directory took it, or why not. */
async function tried(holder: HolderRef, kind: Kind, lifetime: number): Promise<string> {
  const now = await bench.now();
  const end = plus(now, lifetime - HOUR);
  if (kind === "secret") {
    const outcome = await bench.entra.addSecret(holder, { displayName: "new", end });
    return outcome.outcome === "applied" ? "applied" : outcome.error.code;
  }
  const start = plus(now, -300_000);
  const { pem } = await makeCertificate({ from: start, to: plus(end, DAY) });
  const added = { keyId: randomUUID(), displayName: "new", certificate: pem, start, end };
  const outcome = await bench.certificates.replaceCertificates(holder, { kept: [], added: [added] });
  return outcome.outcome === "applied" ? "applied" : outcome.error.code;
}

/** What is foreseen for a lifetime of 180 days, after the directory has confirmed it. */
async function confirmed(holder: HolderRef, kind: Kind = "secret"): Promise<string> {
  const answer = foresee(await bench.appPolicies.read(), await read(holder), kind, 180 * DAY);
  const asked = await tried(holder, kind, 180 * DAY);
  if (!answer.allowed) {
    expect(asked).toBe("policy-refused");
    return `no: ${answer.why}`;
  }
  expect(await tried(holder, kind, answer.lifetime)).toBe("applied");
  expect(asked).toBe(answer.lifetime === 180 * DAY ? "applied" : "policy-refused");
  return `${answer.lifetime / DAY}d`;
}

describe("secrets", () => {
  test("nothing is restricted until somebody turns it on", async () => {
    const { holder } = await plant(bench, "app");
    expect(await confirmed(holder)).toBe("180d");
    await standard(restrictions([secrets("P30D")]), { isEnabled: false });
    expect(await confirmed(holder)).toBe("180d");
    await standard(restrictions([secrets("P30D", { state: "disabled" })]));
    expect(await confirmed(holder)).toBe("180d");
  });

  test("live as long as the shortest limit, or as asked", async () => {
    const { holder } = await plant(bench, "app");
    await standard(restrictions([secrets("P90D"), secrets("P60D")]));
    expect(await confirmed(holder)).toBe("60d");
    await standard(restrictions([secrets("P365D")]));
    expect(await confirmed(holder)).toBe("180d");
  });

  test("that are forbidden: which policy, and what to change", async () => {
    const { holder } = await plant(bench, "app");
    await standard(restrictions([NO_SECRETS]));
    const said = await confirmed(holder);
    expect(said).toMatch(/^no: the policy "Default app management tenant policy" forbids new secrets/);
    expect(said).toMatch(/kind: certificate.*exempt/);
    expect(await confirmed(holder, "certificate")).toBe("180d");
  });

  test("of applications made after a day only", async () => {
    const { holder: old } = await plant(bench, "old");
    bench.directory.clock.advance(10 * DAY);
    send = (await graphAs(bench.directory)) as never;
    const since = new Date(bench.directory.clock.now() - DAY).toISOString();
    await standard(restrictions([secrets("P30D", { restrictForAppsCreatedAfterDateTime: since })]));
    const { body } = await send("POST", "/applications", { displayName: "young" });
    const young: HolderRef = { type: "application", objectId: body.id ?? "", appId: body.appId ?? "" };
    expect([await confirmed(old), await confirmed(young)]).toEqual(["180d", "30d"]);
  });

  test("of service principals have restrictions of their own, and no date of creation is 2019", async () => {
    const { holder } = await plant(bench, "app");
    const principal = principalOf(bench, holder);
    const madeAfter = (day: string) => secrets("P30D", { restrictForAppsCreatedAfterDateTime: day });
    const servicePrincipalRestrictions = restrictions([madeAfter("2018-12-31T00:00:00Z")]);
    await standard(restrictions([]), { servicePrincipalRestrictions });
    expect([await confirmed(holder), await confirmed(principal)]).toEqual(["180d", "30d"]);
    expect((await read(principal)).createdAt).toBeNull();
    await standard(restrictions([]), {
      servicePrincipalRestrictions: restrictions([madeAfter("2019-01-02T00:00:00Z")]),
    });
    expect(await confirmed(principal)).toBe("180d");
  });
});

test("certificates have a limit of their own", async () => {
  const { holder } = await plant(bench, "app");
  await standard(restrictions([NO_SECRETS], [certificates("P90D")]));
  expect(await confirmed(holder, "certificate")).toBe("90d");
});

describe("a policy of its own", () => {
  test("takes the place of the default, also where it restricts nothing or is off", async () => {
    const { holder: exempt } = await plant(bench, "exempt");
    const { holder: off } = await plant(bench, "off");
    const { holder: stricter } = await plant(bench, "stricter");
    await standard(restrictions([NO_SECRETS]));
    await custom(exempt, restrictions([]));
    await custom(off, restrictions([NO_SECRETS]), false);
    await custom(stricter, restrictions([secrets("P45D")]));
    expect(await confirmed(exempt)).toBe("180d");
    expect(await confirmed(off)).toBe("180d");
    expect(await confirmed(stricter)).toBe("45d");
  });
});

test("a limit below two weeks forbids it: old and new would hardly overlap", async () => {
  const { holder } = await plant(bench, "app");
  await standard(restrictions([secrets("P7D")]));
  const answer = foresee(await bench.appPolicies.read(), await read(holder), "secret", 180 * DAY);
  expect(answer).toMatchObject({ allowed: false });
});

test("two requests and one for each policy, however many applications there are", async () => {
  const planted = await Promise.all(Array.from({ length: 5 }, (_, index) => plant(bench, `app-${index}`)));
  for (const { holder } of planted.slice(0, 2)) await custom(holder, restrictions([]));
  let asked = 0;
  const { admin, url } = bench.directory;
  const { createGraphDirectory } = await import("../../src/adapters/graph/directory.ts");
  const { SecretValue } = await import("../../src/core/secret-value.ts");
  const counted = createGraphDirectory({
    tenantId: admin.tenantId,
    authority: url,
    graphEndpoint: url,
    auth: { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) },
    clock: bench.clock,
    version: "test",
    fetch: (address, init) => {
      if (init.method === "GET") asked += 1;
      return bench.fetch(address, init);
    },
  });
  const { custom: found } = await counted.appPolicies.read();
  expect(found.map(({ appliesTo }) => appliesTo.size)).toEqual([1, 1]);
  expect(asked).toBe(4);
});

test("without the permission it is forbidden, which is not none", async () => {
  const permissions = ["Application.Read.All"];
  const [reader] = await bench.directory.seed([{ name: "Reads", permissions, secrets: [{ end: "P30D" }] }]);
  const ports = bench.as(reader?.appId ?? "", reader?.secrets[0]?.value ?? "");
  await expect(ports.appPolicies.read()).rejects.toMatchObject({
    code: "directory-forbidden",
    next: expect.stringContaining("Policy.Read.All"),
  });
});
