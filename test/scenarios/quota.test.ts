/** `nolapse doctor` measures what is used of Graph's limits, by whomever, and says how to leave more. */
import { expect, test } from "vitest";
import { graphAs } from "../directory/entra.ts";
import { Site } from "../support/site.ts";

/** Of a small tenant: 3,500 units in 10 s; a list costs two. */
const NEARLY_ALL = 1_500;

test("a quota that others have nearly used is a warning with the measured part, and one that is free is well", {
  timeout: 60_000,
}, async () => {
  const site = await Site.open();
  try {
    site.directory.faults.set({ seed: 1, limits: { size: "S" }, rules: [] });
    const row = async () =>
      (await site.nolapse(["doctor"])).stdout
        .split("\n")
        .flatMap((line, index, all) => (line.includes("Graph's limits") ? [line.trim(), all[index + 1]?.trim()] : []));
    expect((await row())[0]).toMatch(/^✓ .*less than 80 %$/);
    // the clock stands still: what is asked now is used when doctor looks
    const graph = await graphAs(site.directory);
    for (let asked = 0; asked < NEARLY_ALL; asked += 1) await graph("GET", "/applications?$top=999");
    const [said, fix] = await row();
    expect(said).toMatch(/^! .*at this moment everybody together uses (8[5-9]|9\d) % of the tightest$/);
    expect(fix).toContain("limits.share");
  } finally {
    await site.close();
  }
});
