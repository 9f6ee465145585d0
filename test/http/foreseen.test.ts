/** What a changed configuration would change is found out once for a text and a scan, whatever is renewed meanwhile. */
import { expect, test } from "vitest";
import { discover } from "../../src/engine/scan/discover.ts";
import type { ConfigurationChange } from "../../src/engine/views/configuration-change.ts";
import { type Picture, pictureOf } from "../../src/engine/views/picture.ts";
import { foreseen } from "../../src/http/routes/configuration.ts";
import { Workbench } from "../support/workbench.ts";

test("who asks joins the look that is under way or over, until the text or the scan is another one", async () => {
  const bench = new Workbench();
  const picture = async () => pictureOf(bench.deps(), await discover(bench.deps()));
  const [seen, again] = [await picture(), await picture()];
  let made = 0;
  const ask = (of: typeof seen, digest: string) =>
    foreseen(of, digest, async () => {
      made += 1;
      return { applications: made } as ConfigurationChange;
    });
  const [first] = seen.all;
  if (first === undefined) throw new Error("nothing was seen");
  const asked = ask(seen, "one");
  // a rotation has moved on
  seen.put({ ...first, policy: "another" });
  expect(ask(seen, "one")).toBe(asked);
  // so have searches, of which a few are kept
  for (let number = 0; number < 100; number += 1) seen.keep(`list ${number}`, () => number);
  expect(ask(seen, "one")).toBe(asked);
  expect(await ask(seen, "two")).toEqual({ applications: 2 });
  expect(await ask(again, "two")).toEqual({ applications: 3 });
  expect(made).toBe(3);
});

test("what failed is asked for anew", async () => {
  const of = {} as Picture;
  const fails = async () => {
    throw new TypeError("not now");
  };
  await expect(foreseen(of, "a", fails)).rejects.toThrow("not now");
  const answer = { applications: 1 } as ConfigurationChange;
  expect(await foreseen(of, "a", async () => answer)).toBe(answer);
});
