/** The pages of the portal as this run of the tests has built them. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, inject } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/**
 * The folder they are in: the first file that needs them builds, the others take the same. Where two begin at once both
 * build, and one's are taken: a folder gets its name when it is whole, and only where nobody has it.
 */
export function builtPages(): string {
  const run = inject("runFolder");
  const pages = join(run, "pages");
  if (existsSync(pages)) return pages;
  const own = mkdtempSync(join(run, "building-"));
  build(own);
  try {
    renameSync(own, pages);
  } catch (thrown) {
    if (!existsSync(pages)) throw thrown;
  }
  return pages;
}

function build(folder: string): void {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const args = [vite, "build", "--config", "web/vite.config.ts", "--outDir", folder, "--emptyOutDir"];
  const built = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    // vitest's own NODE_ENV would build React as developers have it
    env: { ...process.env, NODE_ENV: "production" },
  });
  expect(built.status, built.stderr).toBe(0);
}
