/** Many seeds side by side, as `npm run prove` lives through them and writes them down. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { simulateMany } from "../../scripts/prove/many.ts";
import { nextSeed, rowOf } from "../../scripts/prove.ts";

/** Application-years: the first seeds' worlds, brisk, usual and lasting; `npm run prove` lives through as many as one likes. */
const [YEARS, SEEDS] = process.env.NOLAPSE_REQUIRE_ALL === "1" ? [5_000, 32] : [10, 1];

test("seed after seed, nothing is found", { timeout: 3_000_000 }, async () => {
  const { total, lived } = await simulateMany({
    firstSeed: 1,
    applicationYears: YEARS,
    workers: 2,
  });
  expect(lived.flatMap(({ findings }) => findings.map((one) => one.told))).toEqual([]);
  expect(total).toMatchObject({
    seeds: { first: 1, last: SEEDS, count: SEEDS },
    lapses: 0,
    orphans: 0,
    breaks: 0,
  });
  expect(total.applicationYears).toBeGreaterThanOrEqual(YEARS);
  expect(new Set(total.storyHashes).size).toBe(SEEDS);
});

const TINY = { years: 1, applications: 1, pace: "brisk" } as const;

test("a run goes on after the last seed that is written down", async () => {
  const { total } = await simulateMany({ firstSeed: 41, applicationYears: 1, world: () => TINY, workers: 1 });
  expect(nextSeed("nothing yet")).toBe(1);
  expect(nextSeed(`| 1–40 | 2031-01-01 | 400 |\n${rowOf(total, "2031-01-02")}`)).toBe(42);
});

/** Two seeds one after the other, as the command lives through them; tells of each, and of the sum. */
const DRIVER = `
import { simulateMany } from ${JSON.stringify(new URL("../../scripts/prove/many.ts", import.meta.url).href)};
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const { signal } = interrupted;
const each = ({ report }) => console.log(report.seed);
const world = () => ({ years: 0.1, applications: 2, pace: "brisk" });
const asked = { firstSeed: 1, applicationYears: 200, world, workers: 1, signal, each };
console.log(JSON.stringify((await simulateMany(asked)).total.seeds));
`;

test("Ctrl-C, which goes to every process of the terminal, ends it after the seed in hand", async () => {
  // a group of its own, to which the signal goes as a terminal sends it
  const child = spawn(process.execPath, ["-e", DRIVER], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const group = -(child.pid ?? 0);
  const ended = once(child, "close");
  onTestFinished(() => void (child.exitCode === null && process.kill(group, "SIGKILL")));
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (said === "") process.kill(group, "SIGINT");
    said += text;
  });
  expect(await ended).toEqual([0, null]);
  expect(said.trim().split("\n")).toEqual(["1", "2", '{"first":1,"last":2,"count":2}']);
});
