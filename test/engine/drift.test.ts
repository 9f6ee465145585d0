/** A credential that somebody else changed is noticed once, with who did it where the log says so. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import type { Holder } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { renewSaml } from "../../src/engine/saml/saml.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

async function rotated(): Promise<Workbench> {
  const bench = new Workbench({ complete: true, policy: { retire: "after-overlap" } });
  await bench.drive((one) => one?.state === "retired");
  bench.clock.advance(HOUR);
  return bench;
}

const noticed = async (bench: Workbench, over: Partial<Deps> = {}) =>
  ((await bench.run(over)).scan?.drift ?? []).map(({ what, keyId, by, target }) => ({ what, keyId, by, target }));
const forbidden = async (): Promise<never> => {
  throw new NolapseError("directory-forbidden", "no permission");
};

it("nothing of what Nolapse does itself is drift", async () => {
  const bench = await rotated();
  expect(await noticed(bench)).toEqual([]);
  expect(await bench.store.drifts(TENANT, null, plus(bench.clock.at, -90 * DAY))).toEqual([]);
});

it("an added credential is told once, attributed, in explain and in the trail", async () => {
  const bench = await rotated();
  const added = await bench.entra.addSecret(bench.app, { displayName: "by hand", end: plus(bench.clock.at, DAY) });
  const keyId = added.outcome === "applied" ? added.credential.keyId : "";
  bench.clock.advance(HOUR);
  const [drift, ...rest] = await noticed(bench);
  expect([drift, rest]).toEqual([
    { what: "drift-added", keyId, by: expect.stringMatching(/^application /), target: null },
    [],
  ]);
  expect(await noticed(bench)).toEqual([]);
  expect((await explainApplication(bench.deps(), bench.app.appId, DAY)).drift).toMatchObject([{ keyId }]);
  const trail = await bench.store.auditPage(TENANT, { after: 0, limit: 1000 });
  expect(trail.filter((one) => one.action === "drift")).toMatchObject([
    { reason: "drift-added", keyId, details: { by: drift?.by } },
  ]);
});

it("without the right to read the log nobody is named", async () => {
  const bench = await rotated();
  await bench.entra.addSecret(bench.app, { displayName: "by hand", end: plus(bench.clock.at, DAY) });
  bench.clock.advance(HOUR);
  const logs = { credentialChanges: forbidden, signIns: forbidden, lastUses: forbidden };
  expect(await noticed(bench, { logs })).toMatchObject([{ what: "drift-added", by: null }]);
});

it("a slot's current credential that is gone has a reason of its own", async () => {
  const bench = await rotated();
  const keyId = (await bench.rotation())?.issued?.keyId ?? "";
  await bench.entra.removeSecret(bench.app, keyId);
  bench.clock.advance(HOUR);
  expect(await noticed(bench)).toMatchObject([{ what: "drift-current-gone", keyId }]);
});

it("a target's copy that somebody replaced is noticed", async () => {
  const bench = await rotated();
  const keyId = (await bench.rotation())?.issued?.keyId ?? "";
  bench.target.value = new SecretValue("somebody else's");
  expect(await noticed(bench)).toEqual([{ what: "drift-target", keyId, by: null, target: "billing" }]);
});

it("an object that cannot be read is compared again by the next scan", async () => {
  const bench = await rotated();
  await bench.entra.addSecret(bench.app, { displayName: "by hand", end: plus(bench.clock.at, DAY) });
  bench.clock.advance(HOUR);
  const { entra: real } = bench;
  const entra: Deps["entra"] = {
    page: (type, cursor) => real.page(type, cursor),
    certificatePage: (type, cursor) => real.certificatePage(type, cursor),
    grantPage: (resource, cursor) => real.grantPage(resource, cursor),
    directoryRolePage: (cursor) => real.directoryRolePage(cursor),
    read: forbidden,
    addSecret: forbidden,
    removeSecret: forbidden,
  };
  expect(await noticed(bench, { entra })).toEqual([]);
  expect(await noticed(bench)).toMatchObject([{ what: "drift-added" }]);
});

/** As Graph reads an object: no public parts; and as the portal names the entries of a signing certificate: by a SHA-256. */
function asGraphReads(bench: Workbench): Deps["entra"] {
  const shown = (holder: Holder): Holder => ({
    ...holder,
    credentials: holder.credentials.map((one) => ({
      ...one,
      certificate: null,
      customKeyIdentifier: createHash("sha256")
        .update(one.customKeyIdentifier ?? "")
        .digest("hex"),
    })),
  });
  const { entra: real } = bench;
  return {
    page: async (type, cursor) => {
      const page = await real.page(type, cursor);
      return { ...page, holders: page.holders.map(shown) };
    },
    certificatePage: (type, cursor) => real.certificatePage(type, cursor),
    grantPage: (resource, cursor) => real.grantPage(resource, cursor),
    directoryRolePage: (cursor) => real.directoryRolePage(cursor),
    read: async (holder) => {
      const read = await real.read(holder);
      return { ...read, holder: shown(read.holder) };
    },
    addSecret: (...call) => real.addSecret(...call),
    removeSecret: (...call) => real.removeSecret(...call),
  };
}

it.each([
  ["the thumbprint", (bench: Workbench): Deps["entra"] => bench.entra],
  ["something else", asGraphReads],
])(
  "a signing certificate that nolapse saml renew made is no drift, one made beside it is; named by %s",
  async (_how, entraOf) => {
    const bench = new Workbench();
    const entra = entraOf(bench);
    const key = createSelfSigned("drift", createKeyPool("drift", 1).source("drift"));
    const end = plus(bench.clock.at, 20 * DAY);
    const notBefore = plus(bench.clock.at, -900 * DAY);
    const { value, facts } = await key.issue({ commonName: "sso", keySize: 2048, notBefore, notAfter: end });
    const usages = ["Sign", "Verify"] as const;
    const app = bench.entra.seed({
      type: "servicePrincipal",
      displayName: "Expenses",
      preferredTokenSigningKeyThumbprint: facts.sha1,
      certificates: usages.map((usage) => ({ certificate: value, name: "CN=sso", end, usage })),
    });
    const [bound] = bench.settings.bindings;
    if (bound === undefined) throw new Error("nothing is bound");
    bench.settings = {
      ...bench.settings,
      bindings: [...bench.settings.bindings, { ...bound, appId: app.appId, slots: [] }],
    };
    expect(await noticed(bench, { entra })).toEqual([]);
    await renewSaml(bench.deps(), "Expenses", { end: null, actor: "ann" });
    bench.clock.advance(HOUR);
    expect(await noticed(bench, { entra })).toEqual([]);
    await bench.entra.addSecret(app, { displayName: "by hand", end: plus(bench.clock.at, DAY) });
    bench.clock.advance(HOUR);
    expect(await noticed(bench, { entra })).toMatchObject([{ what: "drift-added" }]);
  },
);
