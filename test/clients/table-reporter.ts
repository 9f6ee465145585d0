/** `npm run clients`: prints the client matrix as a table, and every failure in full. */
import type { Reporter, TestCase, TestModule } from "vitest/node";

const MARKS = { passed: "ok", failed: "FAILED", skipped: "skipped", pending: "not run" } as const;

export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.map((test) => [...placeOf(test), test.name, MARKS[test.result().state], secondsOf(test)]);
    const head = ["client", "entrance", "what", "result", "seconds"];
    const all = [
      head,
      ...rows.toSorted((one, other) => one.slice(0, 2).join().localeCompare(other.slice(0, 2).join())),
    ];
    const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
    const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
    const [first = [], ...others] = all.map(line);
    const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
    process.stdout.write(`${[first, rule, ...others].join("\n")}\n\n`);
    for (const test of tests) this.#explain(test);
    const failed = tests.filter((test) => test.result().state === "failed").length;
    process.stdout.write(`${tests.length} rows, ${failed} failed\n`);
  }

  #explain(test: TestCase): void {
    const result = test.result();
    if (result.state === "skipped") process.stdout.write(`${test.fullName}: ${result.note ?? "no reason given"}\n`);
    for (const error of result.errors ?? [])
      process.stdout.write(`${test.fullName}\n${error.stack ?? error.message}\n\n`);
  }
}

/** Suites of the matrix are called `client version | entrance`. */
function placeOf(test: TestCase): [client: string, entrance: string] {
  const [client = "", entrance = ""] = test.parent.type === "suite" ? test.parent.name.split(" | ") : [];
  return [client, entrance];
}

function secondsOf(test: TestCase): string {
  return ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
}
