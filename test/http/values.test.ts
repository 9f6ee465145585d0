/** Values: in no answer but those that are asked for one, and never without a person, a reason where it takes one, and a line of the trail. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { signIn } from "../directory/entra.ts";
import { TABLE } from "./matrix.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let ann: Visitor;
let rotation: string;
const T = "/api/v1/t/contoso";

beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  ann = await stage.signIn("Ann");
  rotation = await stage.rotationOf("app-1");
});
afterEach(() => stage.close());

/** The AADSTS number of a sign-in with a value, 0 where it is good. */
const signsIn = (name: string, value: string) => signIn(stage.directory, stage.application(name).appId, value);

test("no route answers with a value but those that say so", async () => {
  expect(TABLE.filter(({ reveals }) => reveals).map(({ path }) => path)).toEqual([
    "/api/v1/t/{tenant}/applications/{id}/shown-secrets",
    "/api/v1/t/{tenant}/shown-secrets/{id}/show",
    "/api/v1/t/{tenant}/rotations/{id}/deliver",
    "/api/v1/t/{tenant}/rotations/{id}/reveal",
    "/api/v1/t/{tenant}/reveal-requests/{id}/show",
  ]);
  const answers = new Map<string, string>();
  for (const { reveals, path, method } of TABLE) {
    if (reveals || path === "/auth/sign-out" || path.endsWith("/events") || path.endsWith("/cancel")) continue;
    const ids = {
      tenant: "contoso",
      handle: "none",
      id: path.includes("/rotations/") ? rotation : stage.application("app-1").objectId,
    };
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name as keyof typeof ids]);
    answers.set(path, (method === "POST" ? await ann.post(address) : await ann.get(address)).text);
  }
  const issued = (await ann.post(`${T}/rotations/${rotation}/reveal`, { reason: "to look for it elsewhere" })).body
    .value;
  expect(await signsIn("app-1", issued)).toBe(0);
  const all = [...stage.directory.values.values(), issued];
  for (const [path, text] of answers)
    expect(
      all.filter((value) => text.includes(value)),
      path,
    ).toEqual([]);
  expect(all.filter((value) => stage.said.join().includes(value))).toEqual([]);
});

test("a reveal takes an Admin, a reason and a person; it is noted with who and why, and kept by nobody", async () => {
  const path = `${T}/rotations/${rotation}/reveal`;
  for (const body of [{}, { reason: "short" }, { reason: "         x         " }]) {
    expect((await ann.post(path, body)).status).toBe(400);
  }
  const otto = await stage.signIn("Otto");
  expect((await otto.post(path, { reason: "the pipeline needs it" })).status).toBe(403);
  const shown = await ann.post(path, { reason: "the pipeline needs it", ticket: "INC-7" });
  expect([shown.status, shown.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { items } = (await ann.get(`${T}/audit?after=0&limit=500`)).body;
  const lines = items.filter(({ action }: { action: string }) => action === "revealed");
  const why = "the pipeline needs it (INC-7)";
  expect(lines).toMatchObject([{ actor: "entra:ann@contoso.example", rotation, details: { why } }]);
  expect(JSON.stringify(items)).not.toContain(shown.body.value);
});

test("what is not held is said to be so, and what is privileged is not shown", async () => {
  const reason = "the pipeline needs it";
  expect((await ann.post(`${T}/rotations/none/reveal`, { reason })).body).toMatchObject({ status: 404 });
  await stage.until(rotation, "verified");
  const gone = await ann.post(`${T}/rotations/${rotation}/reveal`, { reason });
  expect(gone.body).toMatchObject({ status: 404, detail: expect.stringContaining("does not hold this value") });
  const mighty = await ann.post(`${T}/rotations/${await stage.rotationOf("mighty")}/reveal`, { reason });
  expect(mighty.body).toMatchObject({ status: 409, code: "refused-by-rule" });
});

test("a person carries the value to a manual target: handed over once, acknowledged, each with his name", async () => {
  const otto = await stage.signIn("Otto");
  const carried = await stage.rotationOf("carried");
  // not accepted yet: nobody is given what may not work
  expect((await otto.post(`${T}/rotations/${carried}/deliver`)).body.code).toBe("refused-by-rule");
  await stage.until(carried, "accepted");
  const robot = { authorization: `Bearer ${await stage.token("robot")}`, "content-type": "application/json" };
  const url = `${T}/rotations/${carried}/deliver`;
  expect((await stage.ask(url, { method: "POST", body: "{}", headers: robot })).status).toBe(403);
  const given = await otto.post(url);
  expect(given.body).toMatchObject({ target: "by-hand", to: "their console", value: expect.any(String) });
  expect([given.headers.get("cache-control"), await signsIn("carried", given.body.value)]).toEqual(["no-store", 0]);
  expect((await otto.post(url)).body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect((await otto.post(`${T}/rotations/${carried}/delivered`)).body).toMatchObject({
    target: "by-hand",
    rotation: carried,
  });
  const { items } = (await ann.get(`${T}/audit?after=0&limit=500`)).body;
  const own = items.filter(
    (one: { rotation: string; actor: string }) =>
      one.rotation === carried && one.actor === "entra:otto@contoso.example",
  );
  expect(own.map(({ action }: { action: string }) => action)).toEqual(["revealed", "delivery-intended", "delivered"]);
  expect(JSON.stringify(items)).not.toContain(given.body.value);
});
