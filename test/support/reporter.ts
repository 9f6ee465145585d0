/**
 * Prints every skipped test with its reason, then one bare line of totals as the last thing the run says:
 * `N passed, N failed, N skipped`. With NOLAPSE_REQUIRE_ALL=1 a skip fails the run.
 */

import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** True where everything a test may need must be there, as in CI. */
export function requireAll(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.NOLAPSE_REQUIRE_ALL === "1";
}

function* suitesOf(module: TestModule): Generator<TestModule | TestSuite> {
  yield module;
  yield* module.children.allSuites();
}

export default class TotalsReporter implements Reporter {
  #totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  #filtered = false;
  #ended = false;

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined;
    if (vitest.config.watch) return;
    // Vitest still writes after its reporters have ended (a hanging process, a late error): the totals come at exit.
    process.once("exit", () => this.#sayTotals());
  }

  onTestRunStart(): void {
    this.#totals = { passed: 0, failed: 0, skipped: 0 };
    this.#ended = false;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#ended = true;
    this.#totals.failed += unhandled.length;
    const skips: string[] = [];
    for (const module of modules) {
      // a file that cannot be loaded and a hook that throws fail no test of their own
      for (const suite of suitesOf(module)) this.#totals.failed += suite.errors().length > 0 ? 1 : 0;
      for (const test of module.children.allTests()) this.#count(test, skips);
    }
    if (skips.length > 0) process.stdout.write(`skipped:\n${skips.map((line) => `  ${line}\n`).join("")}`);
    if (requireAll() && this.#totals.skipped > 0) {
      process.stdout.write("NOLAPSE_REQUIRE_ALL=1: a skipped test is a failure here\n");
      process.exitCode = 1;
    }
  }

  #count(test: TestCase, skips: string[]): void {
    const result = test.result();
    if (result.state === "passed") this.#totals.passed += 1;
    else if (result.state === "failed") this.#totals.failed += 1;
    else {
      // "pending" after the run is a test that never came to run
      this.#totals.skipped += 1;
      const note = result.state === "skipped" ? result.note : "the run ended before it";
      // a name pattern on the command line skips by wish
      if (note === undefined && this.#filtered) return;
      skips.push(`${test.module.relativeModuleId} > ${test.fullName}: ${note ?? "no reason given"}`);
    }
  }

  #sayTotals(): void {
    const { passed, failed, skipped } = this.#totals;
    const lost = !this.#ended || failed > 0 || (requireAll() && skipped > 0);
    if (lost && (process.exitCode ?? 0) === 0) process.exitCode = 1;
    const failures = this.#ended ? failed : Math.max(failed, 1);
    process.stdout.write(`${passed} passed, ${failures} failed, ${skipped} skipped\n`);
  }
}
