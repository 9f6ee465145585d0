/** Test files share a process: what one leaves behind in it fails that file, and the next one does not see it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeCertificate } from "../support/certificates.ts";

const root = resolve(import.meta.dirname, "../..");

const imports = `import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, test, vi } from "vitest";
`;

test("a file that leaves its environment behind fails, and what it faked and trusted is gone for the next", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-slate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const { der } = await makeCertificate({ subject: "CN=left behind", from: 0, to: 86_400_000 });
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----`;
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  write("package.json", '{ "type": "module" }');
  const setup = JSON.stringify(join(root, "test/support/clean-slate.ts"));
  write(
    "vitest.config.ts",
    `export default { test: { include: ["*.case.ts"], isolate: false, maxWorkers: 1, setupFiles: ${setup} } };`,
  );
  // the longer file is the first, as Vitest has it
  write(
    "leaves.case.ts",
    `${imports}test("leaves", () => {
      globalThis.first = process.pid;
      setDefaultCACertificates([...getCACertificates("default"), ${JSON.stringify(pem)}]);
      expect(getCACertificates("default").length).toBe(getCACertificates("bundled").length + 1);
      vi.useFakeTimers();
      vi.stubGlobal("fetch", null);
      process.env.LEFT_BEHIND = "1";
    });`,
  );
  write(
    "finds.case.ts",
    `${imports}test("finds", () => {
      expect(globalThis.first).toBe(process.pid);
      expect(getCACertificates("default").length).toBe(getCACertificates("bundled").length);
      expect(vi.isFakeTimers()).toBe(false);
      expect(fetch).not.toBe(null);
    });`,
  );
  const { NODE_EXTRA_CA_CERTS: _more, NODE_OPTIONS: _options, ...inherited } = process.env;
  const env: Record<string, string | undefined> = { ...inherited, NO_COLOR: "1" };
  for (const name of Object.keys(env)) if (name.startsWith("VITEST") || name === "FORCE_COLOR") delete env[name];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [vitest, "run"], { cwd: folder, encoding: "utf8", env });
  // the tests themselves pass: it is the file that fails
  expect(stdout).toMatch(/Tests +2 passed \(2\)/);
  expect(stdout).toMatch(/Test Files +1 failed \| 1 passed \(2\)/);
  expect(stderr).toMatch(/FAIL +leaves\.case\.ts/);
  expect(stderr).toContain("LEFT_BEHIND");
});
