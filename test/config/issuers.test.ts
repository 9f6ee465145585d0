/** The section `issuers`, from the file to the issuer that works. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { composeIssuers } from "../../src/compose/keys.ts";
import { loadConfig, resolveReference } from "../../src/config/load.ts";
import { certificateRequest } from "../conformance/issuer.suite.ts";
import { TENANT } from "../core/make.ts";
import { createAuthority } from "../support/authority.ts";
import { needs } from "../support/needs.ts";

function folderWith(yaml: string): string {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "nolapse.yaml"), `version: 1\ntenants: { contoso: { id: ${TENANT} } }\n${yaml}`);
  return folder;
}

const load = (folder: string) => loadConfig({ path: "nolapse.yaml", env: {}, targetTypes, cwd: folder });

const issuersOf = (folder: string, env: Record<string, string> = {}) =>
  composeIssuers(load(folder), async (reference) => resolveReference(reference, env, folder));

const ISSUERS = `issuers:
  house: { type: local-ca, certificate: ./ca/ca.pem, key: ca/ca.key, password: "env:CA_PASSWORD" }
  own: { type: command, command: [./sign.sh, --quiet], timeout: 2m }
  found: { type: command, command: [sign] }
`;

test("issuers are resolved: paths beside the file, a bare command left for PATH, a minute by default", () => {
  const folder = folderWith(`${ISSUERS}policies: { p: { kind: certificate, issuer: house, keySize: 3072 }, q: {} }\n`);
  const config = load(folder);
  expect(config.issuers).toEqual({
    house: {
      type: "local-ca",
      certificate: join(folder, "ca/ca.pem"),
      key: join(folder, "ca/ca.key"),
      password: "env:CA_PASSWORD",
    },
    own: { type: "command", command: [join(folder, "sign.sh"), "--quiet"], timeout: 120_000 },
    found: { type: "command", command: ["sign"], timeout: 60_000 },
  });
  const policies = config.tenants[0]?.policies;
  expect(policies?.p).toMatchObject({ kind: "certificate", issuer: "house", keySize: 3072 });
  expect(policies?.q).toMatchObject({ issuer: "self-signed", keySize: 2048 });
});

test.each([
  [
    "an issuer nobody defined",
    "policies: { p: { issuer: hose } }\n",
    /:7:26 there is no issuer "hose"/,
    'did you mean "house"?',
  ],
  ["a misspelt self-signed", "policies: { p: { issuer: selfsigned } }\n", /no issuer/, 'did you mean "self-signed"?'],
  ["one like none", "policies: { p: { issuer: digicert } }\n", /no issuer "digicert"/, "add it under issuers"],
  [
    "another size of key",
    "policies: { p: { keySize: 1024 } }\n",
    /policies\.p\.keySize/,
    "use one of 2048, 3072, 4096",
  ],
  ["a type nobody knows", "  x: { type: acme }\n", /issuers\.x\.type/, "use one of local-ca, command"],
  ["a command without a word", "  x: { type: command, command: [] }\n", /issuers\.x\.command/, "correct it"],
  ["a timeout of nothing", "  x: { type: command, command: [a], timeout: 0s }\n", /from 1s to 1h/, "correct it"],
  [
    "a password in the file",
    '  x: { type: local-ca, certificate: a, key: b, password: "hunter2" }\n',
    /a reference, env:NAME/,
    "correct it",
  ],
  [
    "the reserved name",
    "  self-signed: { type: command, command: [a] }\n",
    /:7:3 the issuer "self-signed" is always there/,
    "name of its own",
  ],
])("refuses %s", (_, yaml, message, next) => {
  const folder = folderWith(`${ISSUERS}${yaml}`);
  expect(() => load(folder)).toThrow(
    expect.objectContaining({
      code: "config-invalid",
      message: expect.stringMatching(message),
      next: expect.stringContaining(next),
    }),
  );
});

test("the composition opens them, with the password from where it is", async () => {
  const folder = folderWith(ISSUERS);
  const ca = await createAuthority();
  mkdirSync(join(folder, "ca"));
  writeFileSync(join(folder, "ca/ca.pem"), ca.pem);
  const encrypted = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "correct horse" } as const;
  writeFileSync(join(folder, "ca/ca.key"), ca.key.export(encrypted));
  const issuers = issuersOf(folder, { CA_PASSWORD: "correct horse" });

  expect(["nobody", "constructor", "toString"].map((name) => issuers.get(name))).toEqual([null, null, null]);
  expect((await issuers.get("self-signed")?.issue(certificateRequest()))?.facts.issuer).toBe("CN=Billing API");
  expect((await issuers.get("house")?.issue(certificateRequest()))?.facts.issuer).toBe(
    "CN=Contoso Test CA,O=Contoso Ltd",
  );
  await expect(issuersOf(folder).get("house")?.issue(certificateRequest())).rejects.toMatchObject({
    code: "issuer-refused",
    message: "issuer house: env:CA_PASSWORD has no value",
  });
});

test("the openssl ca of docs/issuers.md signs, twice for the same name", async (context) => {
  const openssl = needs(context, "openssl");
  const page = readFileSync(new URL("../../docs/issuers.md", import.meta.url), "utf8");
  const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";
  const folder = folderWith("issuers:\n  corporate: { type: command, command: [./sign.sh] }\n");
  const ca = await createAuthority();
  for (const [name, text] of Object.entries({
    "sign.sh": block("sh"),
    "openssl.cnf": block("ini"),
    "ca.pem": ca.pem,
    "ca.key": ca.keyPem,
    "index.txt": "",
  })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  chmodSync(join(folder, "sign.sh"), 0o700);
  mkdirSync(join(folder, "issued"));

  const issuer = issuersOf(folder).get("corporate");
  const request = certificateRequest();
  for (let turn = 0; turn < 2; turn += 1) {
    const made = await issuer?.issue(request);
    expect(made?.facts).toMatchObject({
      subject: "CN=Billing API",
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      digest: "sha256",
    });
    expect(made?.value.chain).toEqual([ca.pem]);
    writeFileSync(join(folder, "leaf.pem"), made?.value.certificate ?? "");
    const at = ["-attime", `${request.notBefore / 1000 + 60}`, "-purpose", "sslclient", "-x509_strict"];
    const verified = execFileSync(openssl, ["verify", "-CAfile", "ca.pem", ...at, "leaf.pem"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(verified).toBe("leaf.pem: OK\n");
  }
});
