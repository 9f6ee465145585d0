import { defineConfig } from "vitest/config";
import TotalsReporter from "./test/support/reporter.ts";

export default defineConfig({
  // tests reach the package by its own name, unbuilt
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 30_000,
    allowOnly: false,
    reporters: [["default", { summary: false }], new TotalsReporter()],
  },
});
