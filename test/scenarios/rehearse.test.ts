/** `nolapse rehearse`: the future of a tenant, as JSON, as a page, and as far as it got when it is ended early. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { ended, Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.open({ applications: 2 });
});
afterAll(() => site.close());

test("two applications over four months: rotated in time, and what would stop without Nolapse", async () => {
  const page = join(site.folder, "future.html");
  const told = await site.nolapse(["rehearse", "--days", "120", "--seed", "3", "--html", page, "--json"]);
  expect(told.stderr).toContain(`wrote ${page}`);
  expect(told.code).toBe(0);
  const future = DOCUMENTS.rehearse.parse(JSON.parse(told.stdout));
  expect(future).toMatchObject({ complete: true, bound: 2, with: [], findings: [] });
  // enterprise applications of others, and the application that Nolapse signs in as
  expect(future.leftOut).toMatchObject([
    { reason: "no-live-credential", applications: 2 },
    { reason: "not-bound", applications: 1 },
  ]);
  expect(future.without.map((one) => one.displayName)).toEqual(["app-1", "app-2"]);
  expect(future.rotations.length).toBeGreaterThanOrEqual(4);
  expect(future.rotations.filter((one) => one.state === "retired").length).toBeGreaterThanOrEqual(2);
  const html = readFileSync(page, "utf8");
  expect(html).toContain("app-1");
  expect(html).toContain("Faults met and answered");
  const late = future.faults.find(({ kind }) => kind === "sign-in-lag");
  expect(late?.met).toBeGreaterThan(0);
  expect(late?.answer).toContain("signs in with it again");
  // self-contained: nothing is loaded from anywhere
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  // it was a copy: the tenant itself is as it was
  for (const one of site.applications) expect(site.secrets(one)).toHaveLength(1);
});

test("the same seed tells the same story", async () => {
  const run = async () => {
    const { stdout } = await site.nolapse(["rehearse", "--days", "30", "--seed", "5", "--json"]);
    return DOCUMENTS.rehearse.parse(JSON.parse(stdout)).storyHashes;
  };
  expect(await run()).toEqual(await run());
});

test("kinds of faults are left out on request, and the lines say what was met", async () => {
  const run = (without: string) =>
    site.nolapse(["rehearse", "--days", "30", "--seed", "5", ...(without === "" ? [] : ["--without", without])]);
  const { stdout } = await run("");
  expect(stdout).toContain("faults met and answered");
  expect(stdout).toContain("2 applications of 5 looked after\n\nleft out; ");
  expect(stdout).toMatch(/\n1 +Nolapse +no entry in the configuration .*\(not-bound\)\n\n2 rotations/);
  expect(stdout).toMatch(/Nolapse dies in the middle of something +all the time/);
  const quiet = await run("crash,place,read-lag");
  expect(quiet.code).toBe(0);
  expect(quiet.stdout).not.toMatch(/Nolapse dies|A place|not seen yet/);
  const wrong = await run("fire");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("kinds are sign-in-lag, ");
});

test("every seed that the portal takes is one of the command line's", async () => {
  for (const seed of ["0", "1000000"])
    expect((await site.nolapse(["rehearse", "--days", "1", "--seed", seed, "--json"])).code).toBe(0);
  expect((await site.nolapse(["rehearse", "--days", "1", "--seed", "1000001"])).code).toBe(2);
});

test("Ctrl-C leaves a partial report that says so", async () => {
  const child = site.start(["rehearse", "--days", "3650", "--json"]);
  const told = ended(child);
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  while (!said.includes("rehearsing 3650 days")) await once(child.stderr ?? child, "data");
  child.kill("SIGINT");
  const { code, stdout, stderr } = await told;
  expect(code).toBe(130);
  expect(stderr).toContain("it was ended early; what was lived through is reported");
  const future = DOCUMENTS.rehearse.parse(JSON.parse(stdout));
  expect(future.complete).toBe(false);
  expect(Date.parse(future.until) - Date.parse(future.from)).toBeLessThan(3650 * 86_400_000);
});

test("a page that cannot be written costs nothing of the report", async () => {
  const told = await site.nolapse([
    "rehearse",
    "--days",
    "10",
    "--html",
    join(site.folder, "none", "x.html"),
    "--json",
  ]);
  expect(told.code).toBe(2);
  expect(told.stderr).toContain("cannot be written");
  DOCUMENTS.rehearse.parse(JSON.parse(told.stdout));
});
