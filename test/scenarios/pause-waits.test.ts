/** Pause while a step of the application is being done: it says that it waits, and holds as soon as the step is over. */
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { ended, Site } from "../support/site.ts";

test("pause waits for the end of a step, says so, and then holds", async () => {
  const site = await Site.open();
  onTestFinished(() => site.close());
  await site.nolapse(["run", "--once"]);
  const [rotation] = await site.rotations();
  if (rotation === undefined) throw new Error("no rotation");
  site.directory.clock.advance(60_000);
  await site.inside(async ({ store, clock, settings: { tenantId } }) => {
    const request = { tenantId, now: await clock.now(), processNow: clock.processNow(), leaseMs: 600_000 };
    const claim = await store.claim(request);
    if (claim === null) throw new Error("nothing claimed");
    const child = site.start(["pause", "app-1", "--reason", "the vault moves today"]);
    const told = ended(child);
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    while (!said.includes("waiting for its end") && child.exitCode === null) await once(child.stderr ?? child, "data");
    expect((await store.switches(tenantId)).paused).toEqual([]);
    await store.release(claim);
    const { code, stderr } = await told;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/at most 40 seconds\n.*the application is paused by /)]);
    expect((await store.switches(tenantId)).paused).toMatchObject([{ reason: "the vault moves today" }]);
  });
});
