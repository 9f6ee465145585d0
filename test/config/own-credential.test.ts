/** Where Nolapse's own credential is kept: what can be replaced, and what cannot be read again. */
import { expect, test } from "vitest";
import { keptCredential } from "../../src/config/own-credential.ts";
import type { AuthSettings } from "../../src/config/schema.ts";

const ID = "0B0E0000-0000-4000-8000-000000000002";
const id = ID.toLowerCase();
type Env = Record<string, string>;

test.each<[string, AuthSettings, Env, ReturnType<typeof keptCredential>]>([
  [
    "a secret in a file",
    { method: "secret", clientId: ID, secret: "file:own.txt" },
    {},
    { clientId: id, kind: "secret", path: "/site/own.txt", source: "file" },
  ],
  [
    "a secret in a variable",
    { method: "secret", clientId: ID, secret: "env:OWN" },
    {},
    { clientId: id, kind: "secret", path: null, source: "environment" },
  ],
  [
    "a secret in a vault",
    { method: "secret", clientId: ID, secret: "keyvault:https://house.vault.azure.net/secrets/own" },
    {},
    { clientId: id, kind: "secret", path: null, source: "vault" },
  ],
  [
    "a secret of the standard variable",
    { method: "secret" },
    { AZURE_CLIENT_ID: ID },
    { clientId: id, kind: "secret", path: null, source: "environment" },
  ],
  [
    "a certificate",
    { method: "certificate", clientId: ID, certificate: "own.pem" },
    {},
    { clientId: id, kind: "certificate", path: "/site/own.pem", source: "file" },
  ],
  [
    "a certificate of the standard variable",
    { method: "default" },
    { AZURE_CLIENT_ID: ID, AZURE_CLIENT_CERTIFICATE_PATH: "/keys/own.pem" },
    { clientId: id, kind: "certificate", path: "/keys/own.pem", source: "file" },
  ],
  [
    "both standard variables: the secret is what signs in",
    { method: "default" },
    { AZURE_CLIENT_ID: ID, AZURE_CLIENT_SECRET: "s", AZURE_CLIENT_CERTIFICATE_PATH: "/keys/own.pem" },
    { clientId: id, kind: "secret", path: null, source: "environment" },
  ],
  ["a managed identity", { method: "managed-identity", clientId: ID }, {}, null],
  ["a federated identity", { method: "workload-identity", clientId: ID }, {}, null],
  ["the Azure CLI's sign-in", { method: "cli" }, { AZURE_CLIENT_ID: ID }, null],
  ["nobody known", { method: "secret", secret: "env:OWN" }, {}, null],
  ["a platform's own identity", { method: "default" }, { AZURE_CLIENT_ID: ID }, null],
])("%s", (_, auth, env, kept) => {
  expect(keptCredential(auth, env, "/site")).toEqual(kept);
});
