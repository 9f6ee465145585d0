import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/support/longest-first.ts";
import TotalsReporter from "./test/support/reporter.ts";

// inherited by the workers and the programs they start: what Node.js compiled for one, packages above all, it need not for the next
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "node-compile-cache");

export default defineConfig({
  // tests reach the package by its own name, unbuilt
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  test: {
    // the example is run as what it is: a test file of somebody who uses the library
    include: ["test/**/*.test.ts", "examples/directory-vitest/*.test.ts"],
    // as many as continuous integration has cores: with three a whole run took as long, and each of its files longer
    maxWorkers: 2,
    // what they import is loaded once in each worker: for each file anew it took half the time of the small ones
    isolate: false,
    setupFiles: "test/support/clean-slate.ts",
    globalSetup: "test/support/run-folder.ts",
    sequence: { sequencer: LongestFirst },
    // generous: what hangs is found all the same, and a busy machine is no fault of the code
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // the same of what has to come about; its own second is less than a page takes to be drawn anew on a busy machine
    expect: { poll: { timeout: 30_000 } },
    allowOnly: false,
    reporters: [["default", { summary: false }], new TotalsReporter()],
  },
});
