/** `npm run matrix`: prints who may what, as the running server answered, and every failure in full. */
import type { Reporter, TestModule } from "vitest/node";

declare module "vitest" {
  interface TaskMeta {
    /** What the route answered to this column. */
    status?: number;
  }
}

export default class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = new Map<string, Map<string, string>>();
    for (const test of tests) {
      const { status } = test.meta();
      if (status === undefined || test.parent.type !== "suite") continue;
      const row = rows.get(test.parent.name) ?? new Map<string, string>();
      row.set(test.name, test.result().state === "passed" ? cellOf(status) : `FAILED ${status}`);
      rows.set(test.parent.name, row);
    }
    const columns = [...(rows.values().next().value?.keys() ?? [])];
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const table = [
      ["route", ...columns],
      ["---", ...columns.map(() => "---")],
    ];
    for (const [route, row] of rows) table.push([`\`${route}\``, ...columns.map((column) => row.get(column) ?? "")]);
    process.stdout.write(`${table.map(line).join("\n")}\n\n`);
    const failed = tests.filter((test) => test.result().state === "failed");
    for (const test of failed)
      for (const error of test.result().errors ?? []) process.stdout.write(`${test.fullName}\n${error.message}\n\n`);
    process.stdout.write(`${rows.size} routes, ${tests.length} tests, ${failed.length} failed\n`);
  }
}

/** What is not refused is let in, even where the request was not one that can be done. */
function cellOf(status: number): string {
  return status === 401 || status === 403 ? String(status) : `in (${status})`;
}
