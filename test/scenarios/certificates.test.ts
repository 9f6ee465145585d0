/** The example that people are shown: from a secret to a certificate, then by proof of possession, without a failed sign-in. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { needs } from "../support/needs.ts";
import { ended } from "../support/site.ts";

const SHOW = resolve(import.meta.dirname, "../../examples/from-secret-to-certificate/show.ts");

test("npm run example:certificates", { timeout: 240_000 }, async (context) => {
  needs(context, "openssl");
  const child = spawn(process.execPath, [SHOW], { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill();
  });
  const { code, stdout, stderr } = await ended(child);
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length, stdout).toBeLessThanOrEqual(40);
  expect(stdout).toContain("replacing the list of certificates, every other entry sent back as it was read");
  expect(stdout).toMatch(/issued \S+ by proof of possession/);
  expect(stdout.match(/Key is valid, and it is the certificate's; \.\/warehouse\/client\.pem: OK/g)).toHaveLength(2);
  expect(stdout).toMatch(/old secret \S+ removed/);
  expect(stdout).toMatch(/old certificate \S+ removed/);
  expect(lines.at(-1)).toMatch(
    /secrets 0, certificates 1; sign-ins: [1-9]\d* with the secret, [1-9]\d* with a cert.*, 0 failed$/,
  );
});
