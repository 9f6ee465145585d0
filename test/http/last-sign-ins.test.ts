/** Last sign-ins of a part of a list, as the server says them: times of others, and why none is known, which is no "never". */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { epochMs } from "../../src/core/time.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const AT = "2031-02-14T07:30:00Z";
const id = (name: string) => stage.application(name).objectId;
const asked = async (...names: string[]) =>
  (await rita.get(`/api/v1/t/contoso/last-sign-ins?applications=${names.map(id).join()}`)).body;

beforeAll(async () => {
  stage = await Stage.open({ policy: { retire: "after-evidence" } });
  await stage.run();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

test("a report that may not be read is said with what to do, and gives no time", async () => {
  const refusal = new NolapseError("directory-forbidden", "AuditLog.Read.All is missing", { next: "grant it" });
  vi.spyOn(stage.admission.deps.logs, "lastUses").mockRejectedValueOnce(refusal);
  expect(await asked("app-1")).toMatchObject({
    report: "closed",
    why: "AuditLog.Read.All is missing",
    next: "grant it",
    items: [{ objectId: id("app-1"), at: null }],
  });
});

test("one that was read says when, of what it names", async () => {
  stage.directory.clock.advance(2 * 3_600_000);
  const { appId } = stage.application("app-1");
  const use = { appId, keyId: "0", requestId: null, at: epochMs(Date.parse(AT)) };
  vi.spyOn(stage.admission.deps.logs, "lastUses").mockResolvedValueOnce([use]);
  const { items, ...said } = await asked("app-1", "app-2");
  expect(said).toMatchObject({ report: "read", why: null, next: null });
  expect(items).toEqual([
    { objectId: id("app-1"), at: AT },
    { objectId: id("app-2"), at: null },
  ]);
});
