/** Rotating on a person's word: one application, or all that a selection holds; many are asked for as each alone is. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let otto: Visitor;
const T = "/api/v1/t/contoso";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  otto = await stage.signIn("Otto");
});
afterEach(() => stage.close());

const objectId = (name: string) => stage.application(name).objectId;
const rotationsOf = (name: string) => stage.manager.deps.store.rotations({ appId: stage.application(name).appId });

/** A scan that could not say who is privileged. */
async function unread(): Promise<void> {
  const { scan } = await stage.run();
  if (scan === null) throw new Error("there was no scan");
  const privileges = { held: new Map(), unknown: ["directory roles: the service did not answer"], unread: true };
  await stage.admission.seen({ ...scan, privileges });
}

test("nothing is begun on one person's word while it is not known who is privileged", async () => {
  await unread();
  const refused = await otto.post(`${T}/applications/${objectId("app-2")}/rotate`, { now: true });
  expect(refused.body).toMatchObject({ status: 409, detail: expect.stringContaining("[privilege-unread]") });
  expect(await rotationsOf("app-2")).toEqual([]);
});
