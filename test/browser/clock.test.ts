/** The demo's clock in the portal: one click, and a rotation is seen through to the end of the old secret. */
import { expect, test } from "vitest";
import { portal } from "./portal.ts";

const web = portal({ demo: true, only: ["app-1"] });

test("a month goes by with a click, and the rotation on the page is done: the old secret is gone, the new one works", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  const id = await web.stage.rotationOf("app-1");
  await web.show(page, `/rotations/${id}`, /If it stops here/);
  // what it waits for, in the head and at the step that runs
  await page.getByText(/^\d of 4 sign-ins with the new secret; they are spread over time/).waitFor();
  const leaving = new AbortController();
  const watching = web.stage.watch(leaving.signal);
  try {
    await page.getByRole("button", { name: /^Demo clock/ }).click();
    // a moment of one's own is of the tenant's zone, which is named
    await page.getByText(/Europe\/Amsterdam, UTC\+0\d:00/).waitFor();
    await page.getByRole("button", { name: "+30 days" }).click();
    await page.getByText(/^30 days later/).waitFor({ timeout: 60_000 });
    await page.keyboard.press("Escape");
    // nobody asked the page to: the stream tells
    await page.getByText("Done.", { exact: true }).waitFor();
    // nothing of the old one is said any more that was true before
    await page.getByRole("heading", { name: "What came of it" }).waitFor();
    await page.getByText("Old one removed").waitFor();
    expect(await page.getByText(/If it stops here|Old one ends|Last safe moment/).count()).toBe(0);
    expect(
      await page.getByRole("img", { name: "proven" }).or(page.getByLabel("proven")).count(),
    ).toBeGreaterThanOrEqual(6);
  } finally {
    leaving.abort();
    await watching;
  }
  const stored = await web.stage.manager.deps.store.rotation(id);
  expect(stored?.state).toBe("retired");
  const { objectId } = web.stage.application("app-1");
  const held = web.stage.directory.state().applications.find(({ entity }) => entity.id === objectId)?.entity;
  const keyIds = ((held?.passwordCredentials ?? []) as { keyId: string }[]).map(({ keyId }) => keyId);
  expect(keyIds).toEqual([stored?.issued?.keyId]);
});

test("on a phone the clock has its room in the top bar, and nothing lies over anything else", async (context) => {
  const page = await web.open(context, { width: 320 });
  await web.enter(page, "Ann");
  await web.show(page, "", /Now and next/);
  const banner = page.getByRole("banner");
  const parts = banner
    .locator(".bar")
    .getByRole("button")
    .or(banner.getByRole("link", { name: "Nolapse" }));
  const boxes = await Promise.all((await parts.all()).map((one) => one.boundingBox()));
  expect(boxes).toHaveLength(7);
  const edges = boxes.flatMap((one) => [one?.x ?? -1, (one?.x ?? -1) + (one?.width ?? 0)]);
  expect(edges).toEqual(edges.toSorted((a, b) => a - b));
  expect(edges.at(-1)).toBeLessThanOrEqual(320);
});
