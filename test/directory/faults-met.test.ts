/** How often each fault was met: where it came to pass, and a lag once for each credential. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Directory, FaultRule } from "../../src/directory/index.ts";
import { type Graph, graphAs, openDirectory, signIn } from "./entra.ts";

let directory: Directory;
let graph: Graph;
let application: { id: string; appId: string; value: string };

beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
  const [seeded] = await directory.seed([{ name: "Billing", secrets: [{ end: "P30D" }] }]);
  application = { id: seeded?.id ?? "", appId: seeded?.appId ?? "", value: seeded?.secrets[0]?.value ?? "" };
});
afterEach(() => directory.close());

const plan = (...rules: FaultRule[]) => directory.faults.set({ seed: 1, rules });
const add = async () =>
  (await graph("POST", `/applications/${application.id}/addPassword`, {})).body as {
    keyId: string;
    secretText: string;
  };
const keyIds = async () =>
  (await graph("GET", `/applications/${application.id}`)).body.passwordCredentials.map(
    (one: { keyId: string }) => one.keyId,
  ) as string[];

describe("what was met is counted", () => {
  test("where it came to pass, and not where a request was refused before", async () => {
    expect(directory.faults.met()).toEqual({});
    plan(
      { on: "addPassword", fault: "lost-response" },
      { on: "removePassword", fault: "concurrency-violation" },
      { on: "token", fault: "conditional-access" },
    );
    const path = `/applications/${application.id}`;
    expect((await graph("POST", `${path}/addPassword`, { nothing: "known" })).status).toBe(400);
    expect(await signIn(directory, application.appId, "a wrong value")).toBe(7000215);
    expect(directory.faults.met()).toEqual({});
    await expect(graph("POST", `${path}/addPassword`, {})).rejects.toThrow();
    const [keyId = ""] = await keyIds();
    expect((await graph("POST", `${path}/removePassword`, { keyId })).status).toBe(409);
    expect(await signIn(directory, application.appId, application.value)).toBe(53003);
    expect(directory.faults.met()).toEqual({ "lost-response": 1, "concurrency-violation": 1, "conditional-access": 1 });
  });

  test("whatever the plan, with a refusal to wait and a connection that breaks", async () => {
    plan({ on: "read", fault: "throttle", times: 2 });
    for (const status of [429, 429, 200])
      expect((await graph("GET", `/applications/${application.id}`)).status).toBe(status);
    plan({ on: "read", fault: "reset", times: 1 }, { on: "read", fault: "slow", duration: "PT0S", times: 1 });
    await expect(keyIds()).rejects.toThrow();
    await keyIds();
    expect(directory.faults.met()).toEqual({ throttle: 2, reset: 1, slow: 1 });
  });

  test("once for each credential that was looked for in vain, however often", async () => {
    plan({ on: "token", fault: "token-lag", duration: "PT2M" }, { on: "read", fault: "read-lag", duration: "PT1M" });
    const [first, second] = [await add(), await add()];
    expect(directory.faults.met()).toEqual({});
    for (const { secretText } of [first, first, second])
      expect(await signIn(directory, application.appId, secretText)).not.toBe(0);
    expect(directory.faults.met()).toEqual({ "token-lag": 2 });
    await keyIds();
    await keyIds();
    expect(directory.faults.met()).toEqual({ "token-lag": 2, "read-lag": 2 });
    directory.clock.advance(120_000);
    expect((await graph("POST", `/applications/${application.id}/removePassword`, { keyId: first.keyId })).status).toBe(
      204,
    );
    // still honoured here and there, but nobody has tried that one
    expect(await signIn(directory, application.appId, second.secretText)).toBe(0);
    expect(directory.faults.met()["token-lag"]).toBe(2);
  });
});
