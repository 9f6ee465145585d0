/** A value that a person carries: handed over once, acknowledged, and proven by somebody else's sign-in. */
import { expect, test } from "vitest";
import { createTarget } from "../../src/adapters/targets/registry.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { acknowledge, handOver } from "../../src/engine/values/hand-over.ts";
import { showSecret } from "../../src/engine/values/show.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { Workbench } from "../support/workbench.ts";

const ANN = { target: null, actor: "cli:ann" };

function opened(policy = {}, logs?: Partial<Deps["logs"]>) {
  const bench = new Workbench({ complete: true, policy: { retire: "after-overlap", overlap: 7 * DAY, ...policy } });
  const manual = { name: "billing", type: "manual", kinds: ["secret", "certificate"] as const, reload: HOUR };
  bench.settings = { ...bench.settings, targets: { billing: { ...manual, carriedBy: "Ann" } } };
  const settings = { type: "manual", person: "Ann", console: "the vendor's console" };
  const target = createTarget("billing", settings, HOUR, null);
  const over: Partial<Deps> = {
    targets: { get: (name) => (name === "billing" ? target : null) },
    ...(logs === undefined
      ? {}
      : {
          logs: {
            credentialChanges: bench.entra.credentialChanges.bind(bench.entra),
            signIns: logs.signIns ?? bench.entra.signIns,
            lastUses: bench.entra.lastUses.bind(bench.entra),
          },
        }),
  };
  const deps = () => bench.deps(over);
  const because = async () => (await waitingOf(deps()))[0]?.verdict;
  const id = async () => (await bench.rotation())?.id ?? "";
  const accepted = () => bench.drive((one) => one?.state === "accepted", 2, over);
  /** The consumer, as the vendor runs it: another machine's sign-in with what Ann has installed. */
  const signIn = (value: SecretValue) =>
    bench.entra.probe(
      { authority: "https://login.example", tenant: "t", clientId: bench.app.appId, scope: "s" },
      value,
    );
  return { bench, over, deps, because, id, accepted, signIn };
}

const code = async (work: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await work.catch((error: unknown) => error);
  return thrown instanceof NolapseError ? thrown.code : `no error: ${String(thrown)}`;
};

test("waits for the person, then for the word, then for the first sign-in, each with its reason", async () => {
  const { bench, over, deps, because, id, accepted, signIn } = opened();
  await accepted();
  await bench.run(over);
  expect(await because()).toEqual({ verdict: "wait", until: null, because: "person-takes" });
  expect(await code(acknowledge(deps(), await id(), ANN))).toBe("refused-by-rule");

  const { value, by, to } = await handOver(deps(), await id(), ANN);
  expect([by, to]).toEqual(["Ann", "the vendor's console"]);
  expect((await bench.rotation())?.issued?.hint).toBe(value.reveal().slice(0, 3));
  await bench.run(over);
  expect((await because())?.because).toBe("person-installs");
  expect(await code(handOver(deps(), await id(), ANN)), "it is shown once").toBe("refused-by-rule");
  expect((await showSecret(deps(), bench.app.appId, "lost it", "cli:ann")).value.reveal()).toBe(value.reveal());

  await acknowledge(deps(), await id(), ANN);
  await bench.run(over);
  const now = bench.clock.at;
  expect(await because()).toEqual({ verdict: "wait", until: now + 15 * MINUTE, because: "person-proof" });
  expect((await bench.rotation())?.failures, "waiting is no failure").toBe(0);

  bench.clock.advance(MINUTE);
  await signIn(value);
  bench.clock.advance(15 * MINUTE);
  await bench.run(over);
  expect(await bench.rotation()).toMatchObject({ state: "verified", assurance: "consumer-evidence" });
  const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 999 });
  const said = trail.filter(({ actor }) => actor === "cli:ann").map(({ action }) => action);
  expect(said).toEqual(["revealed", "delivery-intended", "revealed", "delivered"]);
  expect(JSON.stringify(trail)).not.toContain(value.reveal());
});

test("our own sign-ins and those with another key prove nothing, and the old credential stays", async () => {
  const { bench, over, deps, because, id, accepted, signIn } = opened();
  await accepted();
  await handOver(deps(), await id(), ANN);
  await acknowledge(deps(), await id(), ANN);
  bench.clock.advance(MINUTE);
  await signIn(new SecretValue("old~value"));
  for (let days = 0; days < 5; days += 1) {
    await bench.run(over);
    bench.clock.advance(DAY);
  }
  expect((await bench.rotation())?.state).toBe("delivered");
  expect((await because())?.because).toMatch(/^verify-due$|^person-proof$/);
  expect((await bench.rotation())?.ownRequests.length).toBeGreaterThan(0);
  expect(bench.entra.keyIds(bench.app)).toContain(bench.app.keyIds[0]);
});

test("retired early only while somebody else is seen to use the new one", async () => {
  const { bench, over, deps, id, accepted, signIn } = opened();
  await accepted();
  const { value } = await handOver(deps(), await id(), ANN);
  await acknowledge(deps(), await id(), ANN);
  bench.clock.advance(MINUTE);
  await signIn(value);
  const rotation = await bench.drive((one) => one?.state === "retired", 20, over);
  expect(rotation.assurance).toBe("consumer-evidence");
});

test("without leave to read the log the person's word stands alone, and nothing goes early", async () => {
  const forbidden = async (): Promise<never> => {
    throw new NolapseError("directory-forbidden", "no licence");
  };
  const { bench, over, deps, id, accepted } = opened({}, { signIns: forbidden });
  await accepted();
  await handOver(deps(), await id(), ANN);
  await acknowledge(deps(), await id(), ANN);
  const verified = await bench.drive((one) => one?.state === "verified", 1, over);
  expect(verified.assurance).toBe("person");
  const end = verified.replacesEnd ?? 0;
  const removed = await bench.drive((one) => one?.removedAt !== null && one?.removedAt !== undefined, 40, over);
  expect(removed.removedAt).toBeGreaterThanOrEqual(end + 7 * DAY);
});

test("past its urgent time the wait says so, and a stop holds the value back", async () => {
  const { bench, over, deps, because, id, accepted } = opened();
  await accepted();
  bench.clock.advance(9 * DAY);
  await bench.run(over);
  expect(await because()).toMatchObject({ because: "person-urgent", detail: "nolapse deliver" });
  const stopped = bench.deps({ ...over, brake: { pulled: async () => "the stop file is there" } });
  expect(await code(handOver(stopped, await id(), ANN))).toBe("refused-by-stop");
  expect(await code(handOver(deps(), "no-such", ANN))).toBe("not-found");
});

test("a credential that is gone before it was taken is not handed over", async () => {
  const { bench, deps, id, accepted } = opened();
  const { issued } = await accepted();
  await bench.entra.removeSecret(bench.app, issued?.keyId ?? "");
  bench.clock.advance(HOUR);
  expect(await code(handOver(deps(), await id(), ANN))).toBe("directory-absent");
  const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
  expect(trail.some((one) => one.action === "revealed")).toBe(false);
});

test.each(["open", "closed"])(
  "one that goes before it was installed halts the rotation, with the log %s",
  async (log) => {
    const refused = new NolapseError("directory-forbidden", "no right");
    const { bench, over, deps, id, accepted } = opened(
      {},
      log === "open" ? undefined : { signIns: () => Promise.reject(refused) },
    );
    const { issued } = await accepted();
    await handOver(deps(), await id(), ANN);
    await bench.entra.removeSecret(bench.app, issued?.keyId ?? "");
    bench.clock.advance(HOUR);
    await acknowledge(deps(), await id(), ANN);
    const begun = bench.clock.at;
    const rotation = await bench.drive((one) => one?.state === "halted", 2, over);
    expect(rotation.haltReason).toBe("issued-gone");
    expect(bench.clock.at - begun).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
  },
);

test("a read that shows it again ends the doubt", async () => {
  const { bench, over, deps, id, accepted } = opened();
  await accepted();
  await handOver(deps(), await id(), ANN);
  bench.clock.advance(HOUR);
  await acknowledge(deps(), await id(), ANN);
  const whole = bench.entra.read.bind(bench.entra);
  let hidden = 3;
  bench.entra.read = async (...asked) => {
    const reading = await whole(...asked);
    if (hidden-- <= 0) return reading;
    const credentials = reading.holder.credentials.filter((one) => bench.app.keyIds.includes(one.keyId));
    return { ...reading, holder: { ...reading.holder, credentials } };
  };
  await expect(bench.drive((one) => one?.state === "halted", 1, over)).rejects.toThrow("not done");
  expect((await bench.rotation())?.state).toBe("delivered");
});

test("the value of a privileged application is given to no one person: it is not begun, and not handed over", async () => {
  const { bench, deps, id, accepted } = opened();
  await accepted();
  const rotation = await bench.rotation();
  if (rotation === undefined) throw new Error("no rotation");
  // it became privileged after it was opened, and that was noted
  const store = { rotation: async () => ({ ...rotation, privileges: ["directory role Global Administrator"] }) };
  const asked = handOver({ ...deps(), store: Object.assign(Object.create(bench.store), store) }, await id(), ANN);
  await expect(asked).rejects.toMatchObject({
    code: "refused-by-rule",
    message: expect.stringContaining("privileged-by-hand"),
  });

  const other = opened();
  other.bench.entra.directoryRoles = [
    {
      principalId: other.bench.entra.seed({ type: "servicePrincipal", appId: other.bench.app.appId }).objectId,
      roleId: "62e90394-69f5-4237-9190-012177145e10",
    },
  ];
  await other.bench.run(other.over);
  expect(await other.bench.rotation()).toBeUndefined();
  const plan = await makePlan(other.deps(), await discover(other.deps()));
  expect(plan.items.find((one) => one.slot !== null)).toMatchObject({
    status: "cannot",
    because: "privileged-by-hand",
  });
});
