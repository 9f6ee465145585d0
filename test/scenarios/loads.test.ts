/** A command loads what it uses: whoever types `nolapse stop` at night waits for no library that it never asks. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

/** Tells at the end which packages the process has loaded, as JSON on the last line of stderr. */
const WATCH = `
  import { writeSync } from "node:fs";
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({ load: (url, context, next) => { seen.add(url); return next(url, context); } });
  process.on("exit", () => {
    const names = [...seen].flatMap((url) => /node_modules\\/(@[^/]+\\/[^/]+|[^/]+)/.exec(url)?.[1] ?? []);
    writeSync(2, "\\n" + JSON.stringify([...new Set(names)]));
  });`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-loads-"));
  writeFileSync(
    join(folder, "nolapse.yaml"),
    `version: 1
tenants:
  contoso:
    id: 3f6c0000-0000-4000-8000-000000000001
    auth: { method: secret, clientId: 0b0e0000-0000-4000-8000-000000000002, secret: env:OWN_SECRET }
store: { type: sqlite, path: ./nolapse.db }
seal: { type: local-key, key: file:./seal.key }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function loaded(...args: string[]): string[] {
  const watched = `data:text/javascript,${encodeURIComponent(WATCH)}`;
  const { status, stderr } = spawnSync(process.execPath, ["--import", watched, "--", main, ...args], {
    cwd: folder,
    env: { ...process.env, OWN_SECRET: "any", NOLAPSE_DIRECTORY_URL: "" },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stderr.slice(stderr.lastIndexOf("\n") + 1)) as string[];
}

test("what asks neither the directory nor a vault signs in nowhere, and nothing but serve loads the web server", () => {
  for (const command of ["stop", "resume"]) {
    const packages = loaded(command);
    expect(packages).toContain("kysely");
    expect(
      packages.filter((name) => /^@azure\/(identity|msal|keyvault)|fastify|^openid-client$|^nodemailer$/.test(name)),
    ).toEqual([]);
  }
});

test("the check of the file opens no store", () => {
  expect(loaded("config", "check").toSorted()).toEqual(["commander", "luxon", "yaml", "zod"]);
});
