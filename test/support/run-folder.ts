/** A folder for one run of the tests, in which a file leaves what others need as well; it goes when the run is over. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

export default function runFolder(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-tests-"));
  project.provide("runFolder", folder);
  const clear = () => rmSync(folder, { recursive: true, force: true });
  // what is watched has changed when it runs again
  project.onTestsRerun(() => {
    clear();
    mkdirSync(folder);
  });
  return clear;
}
