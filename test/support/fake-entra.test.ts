import { expect, it } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, MINUTE, plus } from "../../src/core/time.ts";
import { certificatesSuite } from "../conformance/certificates.suite.ts";
import { entraSuite } from "../conformance/entra.suite.ts";
import { logsSuite } from "../conformance/logs.suite.ts";
import { verifierSuite } from "../conformance/verifier.suite.ts";
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
  for (const call of ["credentialChanges", "signIns"] as const) strangers.fail(call, { fault: "error", error });
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
