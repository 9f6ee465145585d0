/** The configuration file as it lies on disk beside the one that is in force. */
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { diskWatch, readingOf } from "../../src/config/on-disk.ts";

const TEXT = `version: 1
tenants: { t: { id: 3f6c0000-0000-4000-8000-000000000001 } }
policies: { quick: { lifetime: 90d } }
`;

function inForce() {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "house.yaml");
  writeFileSync(path, TEXT);
  const config = loadConfig({ path, env: {}, targetTypes, cwd: folder });
  const read = vi.fn(async (at: string, text: string) => readingOf(at, text, { env: {}, targetTypes }));
  const watch = diskWatch(read);
  return { folder, path, read, look: () => watch(config) };
}

test("the file that was read is the one in force; so is the same text written again", async () => {
  const { path, look } = inForce();
  expect(await look()).toEqual({ state: "in-force" });
  writeFileSync(path, TEXT);
  expect(await look()).toEqual({ state: "in-force" });
});

test("another text is read, once, and is over when the first one is back", async () => {
  const { path, read, look } = inForce();
  writeFileSync(path, TEXT.replace("90d", "60d"));
  const [first, second] = [await look(), await look()];
  if (first.state !== "changed" || second.state !== "changed") throw new Error(`it is ${first.state}`);
  expect(first.config.tenants[0]?.policies.quick?.lifetime).toBe(60 * 86_400_000);
  expect(second.config).toBe(first.config);
  expect(read).toHaveBeenCalledOnce();
  writeFileSync(path, TEXT);
  expect(await look()).toEqual({ state: "in-force" });
});

test.each([
  ["a misspelt key", TEXT.replace("lifetime", "lifetme"), 3, 'house.yaml:3:22 unknown key "lifetme"'],
  ["no YAML", `${TEXT}  - {`, 4, "house.yaml:4:"],
  ["a policy that nobody has", `${TEXT}applications:\n  - match: { tag: a }\n    policy: slow\n`, 6, "house.yaml:6:13"],
])("%s is said with its line, and without the folder", async (_, text, line, begins) => {
  const { folder, path, look } = inForce();
  writeFileSync(path, text);
  const found = await look();
  if (found.state !== "invalid") throw new Error(`it is ${found.state}`);
  expect(found.line).toBe(line);
  expect(found.problem).toContain(begins);
  expect(JSON.stringify(found)).not.toContain(folder);
});

test("a file that is gone is said to be; where there is none at all nothing is looked at", async () => {
  const { path, look } = inForce();
  unlinkSync(path);
  expect(await look()).toEqual({ state: "missing" });
  const { read } = inForce();
  expect(await diskWatch(read)({ path: null })).toEqual({ state: "in-force" });
  expect(read).not.toHaveBeenCalled();
});

test("a reading that broke off is begun anew by who asks next", async () => {
  const { path, read, look } = inForce();
  writeFileSync(path, TEXT.replace("90d", "60d"));
  read.mockRejectedValueOnce(new Error("broke off"));
  await expect(look()).rejects.toThrow("broke off");
  expect((await look()).state).toBe("changed");
});
