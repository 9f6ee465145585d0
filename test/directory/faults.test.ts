import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Directory, FaultRule } from "../../src/directory/index.ts";
import { control, DAY, type Graph, graphAs, openDirectory, requestToken, signIn } from "./entra.ts";
import { type ClientKey, createClientKey } from "./signer.ts";

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

test("the plan is data, checked strictly", async () => {
  const wanted = { seed: 4, rules: [{ on: "token", fault: "slow", probability: 0.5, duration: "PT1S", times: 2 }] };
  expect((await control(directory, "PUT", "faults", wanted)).status).toBe(200);
  expect((await control(directory, "GET", "faults")).body).toEqual(wanted);
  for (const rule of [
    { on: "token" },
    { on: "token", fault: "fire" },
    { on: "token", fault: "slow", probability: 2 },
    { on: "token", fault: "slow", duration: "soon" },
    { on: "token", fault: "slow", foo: 1 },
    // never met by anything
    { on: "token", fault: "read-lag" },
    { on: "read", fault: "token-lag" },
  ]) {
    expect((await control(directory, "PUT", "faults", { rules: [rule] })).status).toBe(400);
  }
});

describe("lag", () => {
  test("at the token endpoint refuses a fresh secret, flips, sometimes says expired, and ends", async () => {
    plan({ on: "token", fault: "token-lag", duration: "PT2M" });
    const { secretText } = await add();
    expect(await signIn(directory, application.appId, application.value)).toBe(0);
    const answers: number[] = [];
    for (let second = 0; second < 120; second += 1) {
      answers.push(await signIn(directory, application.appId, secretText));
      expect(await signIn(directory, application.appId, secretText)).toBe(answers.at(-1));
      directory.clock.advance(1000);
    }
    expect(answers.slice(0, 60)).not.toContain(0);
    expect(answers.slice(60)).toContain(0);
    expect(answers.slice(60)).toContain(7000215);
    expect(answers).toContain(7000222);
    for (let second = 0; second < 10; second += 1) {
      expect(await signIn(directory, application.appId, secretText)).toBe(0);
      directory.clock.advance(1000);
    }
  });

  test("of reads hides a fresh secret from reads and from removePassword", async () => {
    plan({ on: "read", fault: "read-lag", duration: "PT1M" });
    const before = await keyIds();
    const { keyId, secretText } = await add();
    expect(await keyIds()).toEqual(before);
    expect(await signIn(directory, application.appId, secretText)).toBe(0);
    const early = await graph("POST", `/applications/${application.id}/removePassword`, { keyId });
    expect(early.body.error.message).toMatch(/^No password credential found with keyId/);
    const seen: boolean[] = [];
    for (let second = 0; second < 60; second += 1) {
      seen.push((await keyIds()).includes(keyId));
      directory.clock.advance(1000);
    }
    expect(new Set(seen.slice(30))).toEqual(new Set([true, false]));
    expect(await keyIds()).toContain(keyId);
    expect((await graph("POST", `/applications/${application.id}/removePassword`, { keyId })).status).toBe(204);
  });

  test("lets a removed secret sign in and show for a while, here and there, and then never again", async () => {
    const { keyId, secretText } = await add();
    directory.clock.advance(60_000);
    plan({ on: "token", fault: "token-lag", duration: "PT1M" }, { on: "read", fault: "read-lag", duration: "PT1M" });
    expect((await graph("POST", `/applications/${application.id}/removePassword`, { keyId })).status).toBe(204);
    const seen: boolean[] = [];
    const codes: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      seen.push((await keyIds()).includes(keyId));
      codes.push(await signIn(directory, application.appId, secretText));
      directory.clock.advance(1000);
    }
    expect(new Set(seen.slice(0, 30))).toEqual(new Set([true]));
    expect(new Set(seen.slice(30))).toEqual(new Set([true, false]));
    expect(new Set(codes.slice(0, 30))).toEqual(new Set([0]));
    expect(new Set(codes.slice(30))).toEqual(new Set([0, 7000215]));
    expect(await keyIds()).not.toContain(keyId);
    expect(await signIn(directory, application.appId, secretText)).toBe(7000215);
    expect(directory.signIns().find((one) => one.errorCode === 0 && one.keyId === keyId)).toBeDefined();
  });

  test("of new objects: not found, refused, unknown at the token endpoint, here and there, and then everywhere", async () => {
    plan({ on: "create", fault: "object-lag", duration: "PT2M" });
    const { id, appId } = (await graph("POST", "/applications", { displayName: "Brand new" })).body;
    const path = `/applications/${id}`;
    const seen = {
      reads: new Set<number>(),
      adds: new Set<number>(),
      principals: new Set<unknown>(),
      lists: new Set(),
    };
    let value = "";
    for (let second = 0; second < 119; second += 1) {
      const read = await graph("GET", path);
      seen.reads.add(read.status);
      seen.adds.add((await graph("POST", `${path}/addPassword`, {})).status);
      const all = (await graph("GET", "/applications?$top=999")).body.value as { id: string }[];
      seen.lists.add(all.some((one) => one.id === id));
      if (second < 60) {
        const made = await graph("POST", "/servicePrincipals", { appId });
        seen.principals.add(made.status);
        expect(made.body.error.message).toContain("does not reference a valid application object");
        expect(await signIn(directory, appId, "whatever"), "nothing is known of it").toBe(700016);
      }
      directory.clock.advance(1000);
    }
    expect(seen).toEqual({
      reads: new Set([404, 403, 200]),
      adds: new Set([404, 403, 200]),
      principals: new Set([400]),
      lists: new Set([false, true]),
    });
    directory.clock.advance(1000);
    expect((await graph("GET", path)).status).toBe(200);
    expect((await graph("POST", "/servicePrincipals", { appId })).status).toBe(201);
    value = (await graph("POST", `${path}/addPassword`, {})).body.secretText;
    const answers = new Set<number>();
    for (let second = 0; second < 119; second += 1) {
      answers.add(await signIn(directory, appId, value));
      directory.clock.advance(1000);
    }
    expect(answers, "the application is everywhere, its service principal not yet").toEqual(new Set([7000229, 0]));
    directory.clock.advance(1000);
    expect(await signIn(directory, appId, value)).toBe(0);
    expect((await graph("GET", `/applications/${application.id}`)).status, "older ones are not touched").toBe(200);
  });

  test("touches as many credentials as the rule says", async () => {
    plan({ on: "token", fault: "token-lag", duration: "PT1H", times: 1 });
    const [one, other] = [await add(), await add()];
    expect(await signIn(directory, application.appId, one.secretText)).not.toBe(0);
    expect(await signIn(directory, application.appId, other.secretText)).toBe(0);
  });
});

describe("the answer", () => {
  test("is lost after the effect", async () => {
    plan({ on: "addPassword", fault: "lost-response", times: 1 });
    const before = await keyIds();
    await expect(graph("POST", `/applications/${application.id}/addPassword`, {})).rejects.toThrow(TypeError);
    expect((await keyIds()).length).toBe(before.length + 1);
    expect((await add()).secretText).toBeDefined();
  });

  test("never comes, until the caller gives up or the directory closes", async () => {
    plan({ on: "addPassword", fault: "commit-then-stall", times: 2 });
    const before = await keyIds();
    const { body } = await requestToken(directory, {
      client_id: directory.admin.clientId,
      client_secret: directory.admin.clientSecret,
    });
    const stop = new AbortController();
    const send = (signal?: AbortSignal) =>
      directory.fetch(`${directory.url}/v1.0/applications/${application.id}/addPassword`, {
        method: "POST",
        body: "{}",
        headers: { authorization: `Bearer ${body.access_token}`, "content-type": "application/json" },
        ...(signal === undefined ? {} : { signal }),
      });
    const given = send(stop.signal);
    const kept = send();
    for (let look = 0; look < 100 && (await keyIds()).length < before.length + 2; look += 1) await setImmediate();
    expect((await keyIds()).length).toBe(before.length + 2);
    stop.abort();
    await expect(given).rejects.toThrow("abort");
    const closing = expect(kept).rejects.toThrow(TypeError);
    await directory.close();
    await closing;
    directory = await openDirectory();
  });

  test("is a refusal without effect: throttle, concurrency violation, reset", async () => {
    const before = await keyIds();
    plan(
      { on: "addPassword", fault: "throttle", duration: "PT7S", times: 1 },
      { on: "removePassword", fault: "concurrency-violation", times: 1 },
    );
    const throttled = await graph("POST", `/applications/${application.id}/addPassword`, {});
    expect([throttled.status, throttled.body.error.code, throttled.headers.get("retry-after")]).toEqual([
      429,
      "TooManyRequests",
      "7",
    ]);
    const conflict = await graph("POST", `/applications/${application.id}/removePassword`, { keyId: before[0] });
    expect([conflict.status, conflict.body.error.code]).toEqual([409, "Directory_ConcurrencyViolation"]);
    plan({ on: "addPassword", fault: "reset", times: 1 });
    await expect(add()).rejects.toThrow(TypeError);
    expect(await keyIds()).toEqual(before);
  });

  test("of the token endpoint is Conditional Access, or busy", async () => {
    plan({ on: "token", fault: "conditional-access", times: 1 });
    expect(await signIn(directory, application.appId, application.value)).toBe(53003);
    expect(await signIn(directory, application.appId, application.value)).toBe(0);
    plan({ on: "token", fault: "throttle", times: 1 });
    expect(await signIn(directory, application.appId, application.value)).toBe(90055);
    plan({ on: "token", fault: "loop", times: 1 });
    expect(await signIn(directory, application.appId, application.value)).toBe(50196);
  });
});

test("Conditional Access blocks by where the client is, after the credential has proved good", async () => {
  plan({ on: "token", fault: "conditional-access", outside: ["198.51.100.0/24", "2001:db8::/32", "127.0.0.1"] });
  const from = async (address: string, value = application.value) => {
    const form = { client_id: application.appId, client_secret: value };
    const { body } = await requestToken(directory, form, { headers: { "x-forwarded-for": address } });
    return body.error_codes?.[0] ?? 0;
  };
  expect(await from("198.51.100.7")).toBe(0);
  expect(await from("2001:db8::7")).toBe(0);
  expect(await signIn(directory, application.appId, application.value), "from this machine").toBe(0);
  expect(await from("203.0.113.9")).toBe(53003);
  expect(await from("203.0.113.9", "wrong")).toBe(7000215);
  const last = directory.signIns().at(-2);
  expect(last).toMatchObject({ errorCode: 53003, ipAddress: "203.0.113.9" });
  expect(last?.keyId).not.toBeNull();
  const wrong = { rules: [{ on: "token", fault: "conditional-access", outside: ["198.51.100.0/33"] }] };
  expect((await control(directory, "PUT", "faults", wrong)).status).toBe(400);
});

test("a concurrency violation comes as 400, 409 or 503", async () => {
  for (const status of [400, 409, 503] as const) {
    plan({ on: "addPassword", fault: "concurrency-violation", status });
    const answer = await graph("POST", `/applications/${application.id}/addPassword`, {});
    expect([answer.status, answer.body.error.code]).toEqual([status, "Directory_ConcurrencyViolation"]);
  }
});

describe("lag of certificates", () => {
  let [one, other]: ClientKey[] = [];
  beforeEach(async () => {
    const now = directory.clock.now();
    [one, other] = await Promise.all(
      ["CN=one", "CN=two"].map((name) => createClientKey(name, now - DAY, now + 90 * DAY)),
    );
  });
  const entry = (of: ClientKey | undefined, keyId?: string) => ({
    type: "AsymmetricX509Cert",
    usage: "Verify",
    key: of?.der.toString("base64"),
    ...(keyId === undefined ? {} : { keyId }),
  });
  const put = (keyCredentials: unknown[]) => graph("PATCH", `/applications/${application.id}`, { keyCredentials });
  const list = async () =>
    (await graph("GET", `/applications/${application.id}?$select=keyCredentials`)).body.keyCredentials as {
      keyId: string;
    }[];
  const proof = (by: ClientKey | undefined) => {
    const at = Math.floor(directory.clock.now() / 1000);
    const claims = { aud: "00000002-0000-0000-c000-000000000000", iss: application.id, nbf: at, exp: at + 600 };
    return by?.sign({ alg: "RS256", x5t: by.sha1.toString("base64url") }, claims);
  };
  const addKey = async (key: ClientKey | undefined, by: ClientKey | undefined) =>
    graph("POST", `/applications/${application.id}/addKey`, {
      keyCredential: entry(key),
      passwordCredential: null,
      proof: await proof(by),
    });
  const removeKey = async (keyId: string | undefined, by: ClientKey | undefined) =>
    graph("POST", `/applications/${application.id}/removeKey`, { keyId, proof: await proof(by) });

  test.each(["patch", "addKey", "removeKey", "read"] as const)(
    "a rule on %s hides a fresh one from reads",
    async (on) => {
      plan({ on, fault: "read-lag", duration: "PT1M" });
      expect((await put([entry(one)])).status).toBe(204);
      expect(await list()).toEqual([]);
      directory.clock.advance(60_000);
      expect(await list()).toHaveLength(1);
    },
  );

  test("rules on secrets leave certificates alone, and the other way round", async () => {
    plan({ on: "addPassword", fault: "read-lag", duration: "PT1M" });
    await put([entry(one)]);
    expect(await list()).toHaveLength(1);
    plan({ on: "patch", fault: "read-lag", duration: "PT1M" });
    const { keyId } = await add();
    expect(await keyIds()).toContain(keyId);
  });

  test("an entry removed and put back within the lag is shown once", async () => {
    await put([entry(one)]);
    directory.clock.advance(60_000);
    const [shown] = await list();
    plan({ on: "read", fault: "read-lag", duration: "PT1M" });
    for (const again of [1, 2]) {
      await put([]);
      directory.clock.advance(1000);
      await put([entry(one, shown?.keyId)]);
      for (let second = 0; second < 30; second += 1) {
        expect((await list()).length, `${again}, second ${second}`).toBeLessThanOrEqual(1);
        directory.clock.advance(1000);
      }
    }
  });

  test("a certificate that the service does not know yet proves nothing, and one that is gone still does for a while", async () => {
    await put([entry(one)]);
    directory.clock.advance(60_000);
    plan({ on: "token", fault: "token-lag", duration: "PT1M" });
    const added = await addKey(other, one);
    expect(added.status).toBe(200);
    const [first] = (await list()).filter(({ keyId }) => keyId !== added.body.keyId);
    expect((await removeKey(first?.keyId, other)).status, "the new one at once").toBe(401);
    directory.clock.advance(60_000);
    expect((await removeKey(first?.keyId, other)).status).toBe(204);
    const third = await createClientKey("CN=three", directory.clock.now() - DAY, directory.clock.now() + DAY);
    expect((await addKey(third, one)).status, "the old one, just removed").toBe(200);
    directory.clock.advance(60_000);
    expect((await addKey(one, one)).status).toBe(401);
  });

  test("removeKey does not find what reads do not show yet, as removePassword", async () => {
    await put([entry(one)]);
    directory.clock.advance(60_000);
    plan({ on: "addKey", fault: "read-lag", duration: "PT1M" });
    const { keyId } = (await addKey(other, one)).body;
    const early = await removeKey(keyId, one);
    expect([early.status, early.body.error.message]).toEqual([400, `No key credential found with keyId '${keyId}'.`]);
    directory.clock.advance(60_000);
    expect((await removeKey(keyId, one)).status).toBe(204);
  });
});

test("a list read under lag and written back loses the certificate that the read did not show", async () => {
  const [from, to] = [directory.clock.now() - DAY, directory.clock.now() + 90 * DAY];
  const [one, other] = await Promise.all(["CN=one", "CN=two"].map((name) => createClientKey(name, from, to)));
  const entry = (of: ClientKey | undefined) => ({
    type: "AsymmetricX509Cert",
    usage: "Verify",
    key: of?.der.toString("base64"),
  });
  const path = `/applications/${application.id}`;
  plan({ on: "read", fault: "read-lag", duration: "PT1M" });
  expect((await graph("PATCH", path, { keyCredentials: [entry(one)] })).status).toBe(204);
  const read = (await graph("GET", `${path}?$select=keyCredentials`)).body.keyCredentials;
  expect(read).toEqual([]);
  await graph("PATCH", path, { keyCredentials: [...read, entry(other)] });
  plan();
  const left = (await graph("GET", `${path}?$select=keyCredentials`)).body.keyCredentials;
  expect(left.map((entry: { key: string }) => entry.key)).toEqual([other?.der.toString("base64")]);
});

test("chance derives from the seed", async () => {
  const outcomes = async (seed: number) => {
    directory.faults.set({ seed, rules: [{ on: "token", fault: "conditional-access", probability: 0.5 }] });
    const codes: number[] = [];
    for (let count = 0; count < 30; count += 1)
      codes.push(await signIn(directory, application.appId, application.value));
    return codes;
  };
  const first = await outcomes(1);
  expect(new Set(first)).toEqual(new Set([0, 53003]));
  expect(await outcomes(1)).toEqual(first);
  expect(await outcomes(2)).not.toEqual(first);
});
