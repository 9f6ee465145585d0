/** The directory in a process of its own, with applications whose secrets are due, a clock its parent moves and answers it can slow. */
import { createDirectory } from "../src/directory/index.ts";

const START = "2031-03-01T12:00:00Z";
const [count = 0] = process.argv.slice(2).map(Number);
const directory = await createDirectory({
  listen: { port: 0 },
  scenario: { tenants: [{ name: "Bench", domains: ["bench.invalid"], applications: [] }] },
  clock: { now: START, frozen: true },
  random: 1,
});
const seeded = await directory.seed(
  Array.from({ length: count }, (_, index) => ({ name: `app-${index}`, secrets: [{ name: "old", end: "P10D" }] })),
);

process.on("message", ({ clock, latency }: { clock?: number; latency?: string }) => {
  if (clock !== undefined) directory.clock.set(clock);
  if (latency !== undefined) directory.faults.set({ rules: [{ on: "*", fault: "slow", duration: latency }] });
  process.send?.({ done: true });
});
process.on("disconnect", () => process.exit());
process.send?.({
  url: directory.url,
  ca: directory.ca,
  now: directory.clock.now(),
  ...directory.admin,
  applications: seeded.map(({ id, appId, secrets }) => ({ objectId: id, appId, value: secrets[0]?.value ?? "" })),
});
