/** openssl and curl alone roll a certificate at the directory, by proof of possession. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createDirectory } from "../../src/directory/index.ts";
import { needs } from "../support/needs.ts";
import { graphAs, keys } from "./entra.ts";

test("examples/roll-by-proof.sh", { timeout: 240_000 }, async (context) => {
  needs(context, "openssl");
  needs(context, "curl");
  const directory = await createDirectory({ keys, random: 5, scenario: "empty", listen: { port: 0 } });
  const folder = mkdtempSync(join(tmpdir(), "nolapse-roll-"));
  onTestFinished(async () => {
    await directory.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const pem = (name: string) => {
    const path = join(folder, `${name}.pem`);
    const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", `/CN=${name}`];
    execFileSync("openssl", [...args, "-keyout", path, "-out", `${path}.crt`], { stdio: "ignore" });
    execFileSync("sh", ["-c", `cat ${path}.crt >> ${path}`]);
    return path;
  };
  const [old, next] = [pem("old"), pem("new")];
  const [app] = await directory.seed([{ name: "Rolls itself" }]);
  const graph = await graphAs(directory);
  const der = execFileSync("openssl", ["x509", "-in", old, "-outform", "DER"]);
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: der.toString("base64") }];
  expect((await graph("PATCH", `/applications/${app?.id}`, { keyCredentials })).status).toBe(204);
  const held = async () => (await graph("GET", `/applications/${app?.id}`)).body.keyCredentials as { keyId: string }[];
  const [before] = await held();
  const script = join(import.meta.dirname, "../../examples/roll-by-proof.sh");
  const env = {
    PATH: process.env.PATH,
    ...directory.environment(),
    AZURE_CLIENT_ID: app?.appId,
    OBJECT_ID: app?.id,
    OLD_KEY_ID: before?.keyId,
  };
  const { stdout } = await promisify(execFile)(script, [old, next], { env });
  expect(stdout.trim().split("\n")).toEqual([
    "signed in with the old certificate",
    "added the new one",
    "signed in with the new certificate",
    "removed the old one",
  ]);
  const after = await held();
  expect(after).toHaveLength(1);
  expect(after[0]?.keyId).not.toBe(before?.keyId);
  const again = await promisify(execFile)(script, [old, next], { env }).catch((error: { stderr: string }) => error);
  expect(again.stderr).toContain("AADSTS700027");
});
