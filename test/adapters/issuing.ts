/** Issuers on ground of their own: a folder with a CA below a root, and a signing command that knows it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createIssuer, type IssuerSettings } from "../../src/adapters/issuers/registry.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { MINUTE } from "../../src/core/time.ts";
import type { Issuer } from "../../src/ports/issuer.ts";
import { certificateRequest } from "../conformance/issuer.suite.ts";
import { type AuthorityParts, createAuthority, type TestAuthority } from "../support/authority.ts";

export const COMMAND = join(import.meta.dirname, "signing-command.ts");
/** Keys that cost nothing: what is tested here is not their making. */
export const pool = createKeyPool("tests of the issuers", 4);

function folder(): string {
  return mkdtempSync(join(tmpdir(), "nolapse-issuers-"));
}

export interface Site {
  readonly place: string;
  readonly root: TestAuthority;
  /** The CA that signs: below the root. */
  readonly ca: TestAuthority;
  close(): void;
}

export async function site(parts: AuthorityParts = {}): Promise<Site> {
  const place = folder();
  const root = await createAuthority();
  const ca = await createAuthority({ name: [{ CN: ["Contoso Issuing CA"] }], parent: root, ...parts });
  writeFileSync(join(place, "ca.pem"), ca.pem + root.pem);
  writeFileSync(join(place, "ca.key"), ca.keyPem, { mode: 0o600 });
  return { place, root, ca, close: () => rmSync(place, { recursive: true, force: true }) };
}

export function localCa(
  place: string,
  parts: Partial<IssuerSettings & { type: "local-ca" }> = {},
  story = "local-ca",
): Issuer {
  const settings = { certificate: join(place, "ca.pem"), key: join(place, "ca.key"), password: null, ...parts };
  return createIssuer("house", { type: "local-ca", ...settings }, pool.source(story));
}

export function command(words: readonly string[], parts: { timeout?: number; folder?: string } = {}): Issuer {
  const settings = { timeout: MINUTE, folder: tmpdir(), ...parts };
  return createIssuer("corporate", { type: "command", command: words, ...settings }, pool.source("command"));
}

export async function failure(issuer: Issuer, signal?: AbortSignal): Promise<NolapseError> {
  const thrown: unknown = await issuer.issue(certificateRequest(), signal).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NolapseError);
  const error = thrown as NolapseError;
  expect(error.next).not.toBeNull();
  expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain("PRIVATE KEY");
  return error;
}
