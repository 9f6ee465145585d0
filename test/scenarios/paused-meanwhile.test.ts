/** A rotation that somebody pauses while the command that began it waits: a script must not take that for done. */
import { expect, onTestFinished, test } from "vitest";
import { MINUTE } from "../../src/core/time.ts";
import { ended, Site } from "../support/site.ts";

test("rotate ends with 5, as it does where the rule was there before", async () => {
  const site = await Site.open();
  onTestFinished(() => site.close());
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  // what does not go on is waited for by nobody
  site.directory.clock.freeze(false);
  const told = ended(site.start(["rotate", "app-1", "--wait", "10m"]));
  while ((await site.rotations())[0]?.state !== "issued") await site.tick();
  const pause = () => site.nolapse(["pause", application.appId, "--reason", "the vault moves today"]);
  // refused for as long as a step is being done
  while ((await pause()).code !== 0) await site.tick();
  site.directory.clock.advance(MINUTE);
  const { code, stdout } = await told;
  expect([code, stdout]).toEqual([5, expect.stringContaining("[application-paused]")]);
});
