/** Files that the configuration names: which of them are not here, or cannot be read. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { readConfig } from "../../src/config/load.ts";
import { filesAmiss } from "../../src/config/named-files.ts";

const TEXT = `version: 1
tenants:
  contoso:
    id: 3f6c0000-0000-4000-8000-000000000001
    auth: { method: secret, clientId: 0b0e0000-0000-4000-8000-000000000001, secret: "file:own/secret" }
    writer: { method: certificate, clientId: 0b0e0000-0000-4000-8000-000000000002, certificate: own/writer.pem, password: env:PASSWORD }
  fabrikam:
    id: 3f6c0000-0000-4000-8000-000000000002
    auth: { method: workload-identity, clientId: 0b0e0000-0000-4000-8000-000000000001, tokenFile: /nowhere/token }
seal: { type: local-key, key: "file:made/on/first.use" }
store: { type: sqlite, path: made/on/first.db }
issuers:
  house: { type: local-ca, certificate: ca.pem, key: ca.key, password: "file:ca.password" }
targets:
  billing: { type: certificate-file, path: made/by/delivery.pfx, password: "file:pfx.password", format: pfx }
notify:
  - { type: email, to: [ops@contoso.example], from: nolapse@contoso.example, smtp: "file:smtp" }
server: { signIn: { clientId: 0b0e0000-0000-4000-8000-000000000003, secret: "file:portal" } }
`;

const NAMED = ["own/secret", "own/writer.pem", "ca.pem", "ca.key", "ca.password", "pfx.password", "smtp", "portal"];

function house() {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "own"));
  const amiss = (text = TEXT) => filesAmiss(readConfig(join(folder, "nolapse.yaml"), text, { env: {}, targetTypes }));
  return { folder, amiss };
}

test("each that is not here is said, by its place in the file, with what to do", () => {
  const { folder, amiss } = house();
  const said = amiss();
  expect(said.map((one) => one.split(": ")[0])).toEqual([
    "tenants.contoso.auth.secret",
    "tenants.contoso.writer.certificate",
    "tenants.fabrikam.auth.tokenFile",
    "issuers.house.certificate",
    "issuers.house.key",
    "issuers.house.password",
    "targets.billing.password",
    "notify.0.smtp",
    "server.signIn.secret",
  ]);
  expect(said[0]).toBe(
    `tenants.contoso.auth.secret: the file ${join(folder, "own/secret")} cannot be read (ENOENT); ` +
      "put it there and let the user who runs nolapse read it, unless nolapse runs on another machine, which has it",
  );
  expect(said[2]).toContain("the file /nowhere/token cannot be read");
});

test("what is here and can be read is nothing to say; an empty file, a folder and one that is hidden are", () => {
  const { folder, amiss } = house();
  for (const name of NAMED) writeFileSync(join(folder, name), "a value");
  expect(amiss().map((one) => one.split(": ")[0])).toEqual(["tenants.fabrikam.auth.tokenFile"]);
  writeFileSync(join(folder, "smtp"), "");
  rmSync(join(folder, "portal"));
  mkdirSync(join(folder, "portal"));
  expect(amiss().slice(1)).toEqual([
    expect.stringMatching(/^notify\.0\.smtp: the file .*smtp is empty; /),
    expect.stringMatching(/^server\.signIn\.secret: the file .*portal is a folder; /),
  ]);
  // who is root reads all
  if (process.getuid?.() === 0) return;
  chmodSync(join(folder, "ca.key"), 0);
  expect(amiss()[1]).toMatch(/^issuers\.house\.key: .* cannot be read \(EACCES\)/);
});

test("a file that two tenants or entries name is said for each; a variable and a vault are not looked at", () => {
  const { amiss } = house();
  const text = TEXT.replace("file:own/secret", "keyvault:https://house.vault.azure.net/secrets/own")
    .replace('"file:smtp"', "env:SMTP")
    .replace('"file:portal"', '"file:ca.password"');
  const said = amiss(text).filter((one) => one.includes("ca.password"));
  expect(said).toHaveLength(2);
  expect(amiss(text).join()).not.toMatch(/contoso\.auth|smtp/);
});
