/** The gate before Graph, against a directory that enforces the published limits. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GraphGate, Spender, type SpenderOptions } from "../../src/adapters/graph/budget.ts";
import { createGraphDirectory, type GraphDirectory } from "../../src/adapters/graph/directory.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import type { Directory, FaultPlanInput } from "../../src/directory/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { openDirectory } from "../directory/entra.ts";
import { DrivenTime } from "../support/driven-time.ts";

interface Seen {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

const NOBODY: HolderRef = { type: "application", objectId: "aaaaaaaa-0000-4000-8000-000000000001", appId: "nobody" };

let directory: Directory;
let time: DrivenTime;
let gate: GraphGate;
let seen: Seen[];
let writing = 0;
let mostWriting = 0;
beforeEach(async () => {
  directory = await openDirectory();
  time = new DrivenTime(directory.clock);
  gate = new GraphGate(time);
  seen = [];
  writing = 0;
  mostWriting = 0;
});
afterEach(() => directory.close());

const limit = (rules: FaultPlanInput["rules"] = [], size: "S" | "M" | "L" = "S") =>
  directory.faults.set({ limits: { size }, rules });

function open(options: Partial<SpenderOptions> & { readonly gated?: boolean } = {}): GraphDirectory {
  const { url, admin } = directory;
  const clock: Clock = {
    now: async () => epochMs(directory.clock.now()),
    frozen: async () => true,
    processNow: () => time.processNow(),
    wait: async () => {},
  };
  const { gated = true, ...more } = options;
  const spender = new Spender(gate, { tenantId: admin.tenantId, appId: admin.clientId, share: 1, ...more });
  return createGraphDirectory({
    tenantId: admin.tenantId,
    authority: url,
    graphEndpoint: url,
    auth: { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) },
    clock,
    version: "test",
    budget: gated ? () => spender : undefined,
    fetch: time.watch(async (address, init) => {
      const { pathname } = new URL(address);
      const isWrite = init.method !== "GET" && pathname.startsWith("/v1.0");
      writing += isWrite ? 1 : 0;
      mostWriting = Math.max(mostWriting, writing);
      const at = directory.clock.now();
      const answer = await directory.fetch(address, init);
      writing -= isWrite ? 1 : 0;
      if (pathname.startsWith("/v1.0") || pathname.startsWith("/beta")) {
        seen.push({ at, method: init.method ?? "GET", path: pathname, status: answer.status });
      }
      return answer;
    }),
  });
}

async function plant(count: number, audience = "AzureADMyOrg"): Promise<HolderRef[]> {
  const wanted = Array.from({ length: count }, (_, index) => ({ name: `app-${index}`, audience }));
  const made = await directory.seed(wanted);
  return made.map(({ id = "", appId }) => ({ type: "application", objectId: id, appId }));
}

const end = () => plus(epochMs(directory.clock.now()), 30 * DAY);
const add = (ports: GraphDirectory, holder: HolderRef) =>
  ports.entra.addSecret(holder, { displayName: "new", end: end() });
const refusals = () => seen.filter(({ status }) => status === 429).length;

describe("with a backlog the limit is used up, and nothing is refused", () => {
  test("reads of keyCredentials: 150 a minute", async () => {
    limit();
    const ports = open();
    const begun = directory.clock.now();
    await time.drive(Promise.all(Array.from({ length: 300 }, () => ports.entra.certificatePage("application", null))));
    expect(refusals()).toBe(0);
    expect(directory.clock.now() - begun, "300 in two minutes, of which the first slice is at once").toBe(110_000);
  });

  test("without the gate the same reads are refused", async () => {
    limit();
    const ports = open({ gated: false });
    const all = await Promise.allSettled(
      Array.from({ length: 300 }, () => ports.entra.certificatePage("application", null)),
    );
    expect(all.filter(({ status }) => status === "rejected")).toHaveLength(150);
  });

  test("writes to applications for personal accounts: 60 a minute, of whose audience a read has told", async () => {
    const holders = await plant(30, "AzureADandPersonalMicrosoftAccount");
    limit();
    const ports = open();
    const begun = directory.clock.now();
    await time.drive(ports.entra.page("application", null));
    await time.drive(Promise.all(holders.map((one) => add(ports, one))));
    expect(refusals()).toBe(0);
    expect(directory.clock.now() - begun).toBe(20_000);
  });

  test("reports: five in ten seconds", async () => {
    limit();
    const ports = open();
    const since = epochMs(directory.clock.now() - DAY);
    await time.drive(Promise.all(Array.from({ length: 12 }, () => ports.logs.credentialChanges(NOBODY, since))));
    expect([refusals(), seen.length]).toEqual([0, 12]);
  });
});

test("one write at a time to one application, whoever asks", async () => {
  const [holder] = await plant(1);
  const [first, second] = [open(), open()];
  await time.drive(Promise.all([first, second, first].map((ports) => add(ports, holder as HolderRef))));
  expect(mostWriting).toBe(1);
  const others = await plant(2);
  await time.drive(Promise.all(others.map((one) => add(first, one))));
  expect(mostWriting, "two applications").toBe(2);
});

test("whose credential ends first is served first, and a list before all", async () => {
  const [late, early] = (await plant(2)) as [HolderRef, HolderRef];
  limit();
  const ports = open();
  ports.deadlines?.begin(late, epochMs(2_000));
  const isOver = ports.deadlines?.begin(early, epochMs(3_000));
  ports.deadlines?.begin(early, epochMs(1_000));
  // the rotation before, which ends only now, takes nothing away from this one
  isOver?.();
  directory.faults.set({ rules: [{ on: "read", fault: "throttle", duration: "PT5S", times: 1 }] });
  await time.drive(ports.entra.read(late).catch(() => undefined));
  seen = [];
  await time.drive(
    Promise.all([ports.entra.read(late), ports.entra.read(early), ports.entra.page("application", null)]),
  );
  expect(seen.map(({ path }) => path)).toEqual([
    "/v1.0/applications",
    `/v1.0/applications/${early.objectId}`,
    `/v1.0/applications/${late.objectId}`,
  ]);
});

describe("Retry-After", () => {
  test("is obeyed by all, and the refused request is not sent again", async () => {
    const [one, other] = (await plant(2)) as [HolderRef, HolderRef];
    const ports = open();
    directory.faults.set({ rules: [{ on: "addPassword", fault: "throttle", duration: "PT7S", times: 1 }] });
    const begun = directory.clock.now();
    const refused = await time.drive(add(ports, one));
    expect(refused).toMatchObject({
      outcome: "not-applied",
      error: { code: "directory-throttled", retryAfter: 7_000 },
    });
    expect(await time.drive(add(ports, other))).toMatchObject({ outcome: "applied" });
    expect(seen.map(({ at, status }) => [at - begun, status])).toEqual([
      [0, 429],
      [7_000, 200],
    ]);
  });

  test("of a minute is not waited out: nothing is sent, and the error says when", async () => {
    const [one] = (await plant(1)) as [HolderRef];
    const ports = open();
    directory.faults.set({ rules: [{ on: "addPassword", fault: "throttle", duration: "PT1M", times: 1 }] });
    await time.drive(add(ports, one));
    directory.clock.advance(15_000);
    expect(await time.drive(add(ports, one))).toMatchObject({
      outcome: "not-applied",
      error: { code: "directory-throttled", retryAfter: 45_000 },
    });
    expect(seen).toHaveLength(1);
    directory.clock.advance(45_000);
    expect(await time.drive(add(ports, one))).toMatchObject({ outcome: "applied" });
  });
});

test("a write that had to wait asks the brake again before it is sent", async () => {
  const holders = await plant(2);
  let pulled = false;
  const mayGo = async () => {
    if (pulled) throw new NolapseError("refused-by-stop", "the stop file exists");
  };
  const ports = open({ mayGo });
  directory.faults.set({ rules: [{ on: "addPassword", fault: "throttle", duration: "PT5S", times: 1 }] });
  await time.drive(add(ports, holders[0] as HolderRef));
  const waiting = add(ports, holders[1] as HolderRef);
  await new Promise((resolve) => setImmediate(resolve));
  pulled = true;
  expect(await time.drive(waiting)).toMatchObject({ outcome: "not-applied", error: { code: "refused-by-stop" } });
  expect(seen).toHaveLength(1);
  pulled = false;
  expect(await time.drive(add(ports, holders[1] as HolderRef)), "and its place is free").toMatchObject({
    outcome: "applied",
  });
});

test("who gives up while waiting leaves the line", async () => {
  limit();
  const ports = open({ share: 0.01 });
  const since = epochMs(directory.clock.now() - DAY);
  await time.drive(ports.logs.credentialChanges(NOBODY, since));
  const stop = new AbortController();
  const waiting = ports.logs.credentialChanges(NOBODY, since, stop.signal);
  const next = ports.logs.credentialChanges(NOBODY, since);
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await time.drive(next);
  expect(seen).toHaveLength(2);
});

/** A caller that comes again when the service has said, as the engine does; the objects in the order they were served. */
async function insist(ports: GraphDirectory, holders: readonly HolderRef[]): Promise<readonly HolderRef[]> {
  const served: HolderRef[] = [];
  const one = async (holder: HolderRef): Promise<void> => {
    for (;;) {
      const answer = await add(ports, holder);
      if (answer.outcome === "applied") return void served.push(holder);
      await time.sleep(answer.error.retryAfter ?? 0);
    }
  };
  await time.drive(Promise.all(holders.map(one)));
  return served;
}

test("a storm of refusals: everybody is served in the order of the deadlines, and few requests are wasted", async () => {
  const holders = await plant(20);
  const ports = open({ share: 0.01 });
  for (const [index, one] of holders.entries()) ports.deadlines?.begin(one, epochMs(index));
  directory.faults.set({ rules: [{ on: "addPassword", fault: "throttle", duration: "PT8S", times: 4 }] });
  // the latest deadline comes first: two of them are sent before anybody else has come
  expect(await insist(ports, holders.toReversed())).toEqual(holders);
  expect(refusals()).toBe(4);
});

test("a quota that another tool has used up: we wait with it, and are through when it is free", async () => {
  const holders = await plant(40);
  limit();
  const other = open({ gated: false });
  await Promise.all(Array.from({ length: 2_990 }, () => other.entra.removeSecret(holders[0] as HolderRef, "none")));
  seen = [];
  const begun = directory.clock.now();
  expect(await insist(open(), holders)).toHaveLength(40);
  const passed = seen.filter(({ at, status }) => at === begun && status === 200).length;
  expect(passed, "what was left").toBe(10);
  expect(refusals(), "those that were under way together, once each").toBeLessThanOrEqual(30);
  expect(directory.clock.now() - begun).toBe(150_000);
});
