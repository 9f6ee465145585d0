import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, MINUTE, plus } from "../../src/core/time.ts";
import type { NewCertificate } from "../../src/ports/certificates.ts";
import { certificatesSuite } from "../conformance/certificates.suite.ts";
import { entraSuite } from "../conformance/entra.suite.ts";
import { logsSuite } from "../conformance/logs.suite.ts";
import { verifierSuite } from "../conformance/verifier.suite.ts";
import { certificate } from "../core/make.ts";
import { type MadeCertificate, makeCertificate } from "./certificates.ts";
import { FakeEntra } from "./fake-entra.ts";

const START = epochMs(1_780_000_000_000);

entraSuite("in-memory fake", async () => {
  const fake = new FakeEntra({ now: () => START });
  fake.pageSize = 2;
  return {
    entra: fake,
    now: async () => START,
    seedApplication: async (seed) => fake.seed(seed),
    seedCertificate: async (displayName, certificate) => fake.seed({ displayName, certificates: [{ certificate }] }),
    seedServicePrincipal: async ({ appId }) => fake.seed({ type: "servicePrincipal", appId }),
    close: async () => {},
  };
});

certificatesSuite("in-memory fake", START, async () => {
  const fake = new FakeEntra({ now: () => START });
  return {
    certificates: fake,
    now: async () => START,
    seed: async (pems) => fake.seed({ certificates: pems.map((certificate) => ({ certificate })) }),
    close: async () => {},
  };
});

verifierSuite("in-memory fake", async () => {
  let now = START;
  const fake = new FakeEntra({ now: () => now });
  const authority = { authority: "https://login.test", tenant: "t", scope: "https://graph.test/.default" };
  return {
    verifier: fake,
    now: async () => now,
    advance: async (by) => {
      now = plus(now, by);
    },
    seed: async (end) => {
      const { appId, values } = fake.seed({ secrets: [{ end }] });
      return { signIn: { ...authority, clientId: appId }, value: new SecretValue(values[0] ?? "") };
    },
    seedCertificate: async (certificate, end) => {
      const { appId } = fake.seed({ certificates: [{ certificate, end }] });
      return { ...authority, clientId: appId };
    },
    close: async () => {},
  };
});

logsSuite("in-memory fake", async () => {
  let now = START;
  const fake = new FakeEntra({ now: () => now });
  const strangers = new FakeEntra({ now: () => now });
  const error = new NolapseError("directory-forbidden", "no permission");
  for (const call of ["credentialChanges", "signIns", "lastUses"] as const)
    strangers.fail(call, { fault: "error", error });
  return {
    logs: fake,
    entra: fake,
    certificates: fake,
    verifier: fake,
    strangers,
    clientId: "nolapse",
    now: async () => now,
    advance: async (by) => {
      now = plus(now, by);
    },
    seed: async () => {
      const holder = fake.seed();
      const signIn = { authority: "https://login.test", tenant: "t", clientId: holder.appId, scope: "s" };
      return { holder, signIn };
    },
    principal: async ({ appId }) => fake.seed({ type: "servicePrincipal", appId }),
    close: async () => {},
  };
});

it("shows a new secret, to reads and to the token endpoint, only after the lag", async () => {
  let now = START;
  const fake = new FakeEntra({ now: () => now });
  fake.readLag = MINUTE;
  fake.tokenLag = 2 * MINUTE;
  const holder = fake.seed();
  const added = await fake.addSecret(holder, { displayName: "new", end: plus(now, DAY) });
  if (added.outcome !== "applied") throw added.error;
  const signIn = { authority: "https://login.test", tenant: "t", clientId: holder.appId, scope: "s" };
  expect((await fake.read(holder)).holder.credentials).toEqual([]);
  expect(await fake.removeSecret(holder, added.credential.keyId)).toEqual({ outcome: "no-such-credential" });
  now = plus(now, MINUTE);
  expect((await fake.read(holder)).holder.credentials).toHaveLength(1);
  expect(await fake.probe(signIn, added.value)).toMatchObject({ outcome: "not-authenticated", code: 7000215 });
  now = plus(now, MINUTE);
  expect(await fake.probe(signIn, added.value)).toMatchObject({ outcome: "issued" });
});

it("fails as told: before, after, and with an error", async () => {
  const fake = new FakeEntra({ now: () => START });
  const holder = fake.seed();
  const secret = { displayName: "new", end: plus(START, DAY) };
  fake.fail("addSecret", { fault: "lost" });
  expect((await fake.addSecret(holder, secret)).outcome).toBe("unknown");
  expect(fake.keyIds(holder)).toHaveLength(0);
  fake.fail("addSecret", { fault: "lost-after" });
  expect((await fake.addSecret(holder, secret)).outcome).toBe("unknown");
  expect(fake.keyIds(holder)).toHaveLength(1);
  const error = new NolapseError("directory-throttled", "slow down", { retryAfter: 5 });
  fake.fail("addSecret", { fault: "error", error });
  expect(await fake.addSecret(holder, secret)).toEqual({ outcome: "not-applied", error });
  fake.fail("read", { fault: "error", error });
  await expect(fake.read(holder)).rejects.toBe(error);
  expect(fake.calls.map(({ call }) => call)).toEqual(["addSecret", "addSecret", "addSecret", "read"]);
});

describe("certificates in the fake", () => {
  const signIn = (clientId: string) => ({ authority: "https://login.test", tenant: "t", clientId, scope: "s" });
  let now = START;
  let fake: FakeEntra;
  let old: MadeCertificate;
  let next: MadeCertificate;
  beforeAll(async () => {
    old = await makeCertificate({ subject: "CN=old", from: START - DAY, to: START + 90 * DAY });
    next = await makeCertificate({ subject: "CN=next", from: START - DAY, to: START + 90 * DAY, algorithm: "second" });
  });
  beforeEach(() => {
    now = START;
    fake = new FakeEntra({ now: () => now });
  });
  const added = (keyId = "new"): NewCertificate => ({
    keyId,
    displayName: keyId,
    certificate: next.pem,
    start: START,
    end: plus(START, 30 * DAY),
  });
  const raws = async (holder: HolderRef) => (await fake.readCertificates(holder)).entries.map(({ raw }) => raw);

  it("are seen by reads, by the token endpoint and in the log only after their lags", async () => {
    const holder = fake.seed({ certificates: [{ certificate: old.pem }] });
    [fake.readLag, fake.tokenLag, fake.logLag] = [MINUTE, 2 * MINUTE, 3 * MINUTE];
    const outcome = await fake.addKey(holder, added(), old.value);
    if (outcome.outcome !== "applied") throw outcome.error;
    expect(await raws(holder)).toHaveLength(1);
    expect(await fake.removeKey(holder, outcome.keyId, old.value)).toEqual({ outcome: "no-such-credential" });
    now = plus(now, MINUTE);
    expect(await raws(holder)).toHaveLength(2);
    expect(await fake.probe(signIn(holder.appId), next.value)).toMatchObject({ code: 700027 });
    now = plus(now, MINUTE);
    expect(await fake.probe(signIn(holder.appId), next.value)).toMatchObject({ outcome: "issued" });
    expect(await fake.credentialChanges(holder, START)).toEqual([]);
    now = plus(now, MINUTE);
    expect(await fake.credentialChanges(holder, START)).toHaveLength(1);
  });

  it("are lost to who writes a stale list back, and the log names whose they were", async () => {
    const holder = fake.seed({ certificates: [{ certificate: old.pem }] });
    fake.readLag = MINUTE;
    fake.actor = { kind: "user", id: "ann", name: "Ann" };
    await fake.replaceCertificates(holder, { kept: await raws(holder), added: [added("hers")] });
    fake.actor = { kind: "application", id: "nolapse", name: "Nolapse" };
    await fake.replaceCertificates(holder, { kept: await raws(holder), added: [added("ours")] });
    expect(fake.certificateIds(holder)).toEqual([...holder.certificateIds, "ours"]);
    const changes = await fake.credentialChanges(holder, START);
    expect(changes.map(({ actor, after }) => [actor.id, after.map(({ keyId }) => keyId)])).toEqual([
      ["ann", [...holder.certificateIds, "hers"]],
      ["nolapse", [...holder.certificateIds, "ours"]],
    ]);
  });

  it("meet the faults asked for: before, after, and with an error", async () => {
    const holder = fake.seed({ certificates: [{ certificate: old.pem }] });
    const [keyId = ""] = holder.certificateIds;
    const error = new NolapseError("directory-throttled", "slow down", { retryAfter: 5 });
    const writes = {
      addKey: () => fake.addKey(holder, added(), old.value),
      replaceCertificates: async () => fake.replaceCertificates(holder, { kept: await raws(holder), added: [added()] }),
      removeKey: () => fake.removeKey(holder, keyId, old.value),
    } as const;
    for (const name of ["addKey", "replaceCertificates", "removeKey"] as const) {
      const before = fake.certificateIds(holder);
      fake.fail(name, { fault: "error", error });
      expect(await writes[name]()).toEqual({ outcome: "not-applied", error });
      fake.fail(name, { fault: "lost" });
      expect(await writes[name]()).toMatchObject({ outcome: "unknown" });
      expect(fake.certificateIds(holder)).toEqual(before);
      fake.fail(name, { fault: "lost-after" });
      expect(await writes[name]()).toMatchObject({ outcome: "unknown" });
      expect(fake.certificateIds(holder)).not.toEqual(before);
    }
    for (const call of ["readCertificates", "credentialChanges"] as const) {
      fake.fail(call, { fault: "lost" });
      const read = call === "readCertificates" ? fake.readCertificates(holder) : fake.credentialChanges(holder, START);
      await expect(read).rejects.toMatchObject({ code: "directory-unreachable" });
    }
  });

  it("that are only described are listed and kept, and let nobody in", async () => {
    const holder = fake.seed({
      credentials: [certificate("described", { usage: "sign", customKeyIdentifier: "ab12" })],
    });
    const [raw = ""] = await raws(holder);
    expect(JSON.parse(raw)).toMatchObject({
      keyId: "described",
      usage: "Sign",
      customKeyIdentifier: "qxI=",
      key: null,
    });
    expect((await fake.read(holder)).holder.credentials).toMatchObject([{ keyId: "described", usage: "sign" }]);
    await fake.replaceCertificates(holder, { kept: [raw], added: [added()] });
    expect(fake.certificateIds(holder)).toEqual(["described", "new"]);
    expect(await fake.addKey(holder, added(), old.value)).toMatchObject({ outcome: "not-applied" });
  });
});
