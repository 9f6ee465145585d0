import { expect, it } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, MINUTE, plus } from "../../src/core/time.ts";
import { entraSuite } from "../conformance/entra.suite.ts";
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
    seedServicePrincipal: async ({ appId }) => fake.seed({ type: "servicePrincipal", appId }),
    close: async () => {},
  };
});

verifierSuite("in-memory fake", async () => {
  let now = START;
  const fake = new FakeEntra({ now: () => now });
  return {
    verifier: fake,
    now: async () => now,
    advance: async (by) => {
      now = plus(now, by);
    },
    seed: async (end) => {
      const { appId, values } = fake.seed({ secrets: [{ end }] });
      const signIn = {
        authority: "https://login.test",
        tenant: "t",
        clientId: appId,
        scope: "https://graph.test/.default",
      };
      return { signIn, value: new SecretValue(values[0] ?? "") };
    },
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
