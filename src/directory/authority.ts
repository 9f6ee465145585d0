import "reflect-metadata";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  webcrypto,
} from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { machineNow } from "./clock.ts";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const YEAR = 365 * 86_400_000;

/** The names the leaf certificate covers: the machine itself, and the Microsoft hosts for clients that come through a proxy. */
export const LEAF_NAMES: readonly string[] = [
  "localhost",
  "login.microsoftonline.com",
  "login.windows.net",
  "login.microsoft.com",
  "sts.windows.net",
  "graph.microsoft.com",
  "management.azure.com",
  "login.microsoftonline.us",
  "graph.microsoft.us",
  "login.partner.microsoftonline.cn",
  "login.chinacloudapi.cn",
  "microsoftgraph.chinacloudapi.cn",
];
export const LEAF_ADDRESSES: readonly string[] = ["127.0.0.1", "::1"];

/** The directory's certificate authority and the leaf it serves with, all PEM. */
export interface TlsIdentity {
  ca: string;
  certificate: string;
  privateKey: string;
}

/**
 * Makes, or reads back, the certificate authority. TLS keys never come from a seed: they name nothing in the directory's state, and
 * a key everybody can derive must not be one a machine trusts. Validity is in the machine's time, because that is the clock TLS
 * clients compare with; the directory's own clock may be years away.
 */
export async function createTlsIdentity(dataDir: string | undefined): Promise<TlsIdentity> {
  const authority = (dataDir === undefined ? undefined : readAuthority(dataDir)) ?? (await createAuthority());
  if (dataDir !== undefined && !authority.persisted) writeAuthority(dataDir, authority);
  const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = await issueLeaf(authority, leaf.publicKey);
  return {
    ca: authority.pem,
    certificate: `${certificate}\n${authority.pem}`,
    privateKey: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

interface Authority {
  pem: string;
  privateKey: KeyObject;
  persisted: boolean;
}

function readAuthority(dataDir: string): Authority | undefined {
  try {
    const pem = readFileSync(join(dataDir, "ca.pem"), "utf8");
    const privateKey = createPrivateKey(readFileSync(join(dataDir, "ca.key"), "utf8"));
    // A leaf must not outlive its authority, so one about to end is replaced.
    if (new x509.X509Certificate(pem).notAfter.getTime() < machineNow() + YEAR) return undefined;
    return { pem, privateKey, persisted: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeAuthority(dataDir: string, authority: Authority): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const key = authority.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  // the certificate last: without it both are made anew, and half a file is never there
  writeWhole(join(dataDir, "ca.key"), key, 0o600);
  writeWhole(join(dataDir, "ca.pem"), authority.pem, 0o644);
}

function writeWhole(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  renameSync(`${path}.new`, path);
}

async function importEc(key: KeyObject, usage: "sign" | "verify"): Promise<webcrypto.CryptoKey> {
  const type = usage === "sign" ? "pkcs8" : "spki";
  const der = key.export({ type, format: "der" } as { type: "pkcs8"; format: "der" });
  return webcrypto.subtle.importKey(type, new Uint8Array(der), ECDSA, true, [usage]);
}

async function createAuthority(): Promise<Authority> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = await importEc(pair.publicKey, "verify");
  const name = `CN=Nolapse directory CA ${randomBytes(4).toString("hex")}`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: name,
    issuer: name,
    notBefore: new Date(machineNow() - 86_400_000),
    notAfter: new Date(machineNow() + 10 * YEAR),
    signingAlgorithm: ECDSA,
    publicKey,
    signingKey: await importEc(pair.privateKey, "sign"),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { pem: `${certificate.toString("pem")}\n`, privateKey: pair.privateKey, persisted: false };
}

async function issueLeaf(authority: Authority, leafKey: KeyObject): Promise<string> {
  const publicKey = await importEc(leafKey, "verify");
  const issuer = new x509.X509Certificate(authority.pem);
  const authorityKey = await importEc(createPublicKey(authority.privateKey), "verify");
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "CN=localhost",
    issuer: issuer.subject,
    notBefore: new Date(machineNow() - 86_400_000),
    // Under 398 days: stricter clients refuse longer-lived leafs. A new one is made at every start.
    notAfter: new Date(machineNow() + 390 * 86_400_000),
    signingAlgorithm: ECDSA,
    publicKey,
    signingKey: await importEc(authority.privateKey, "sign"),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...LEAF_NAMES.map((value) => ({ type: "dns" as const, value })),
        ...LEAF_ADDRESSES.map((value) => ({ type: "ip" as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKey),
    ],
  });
  return certificate.toString("pem");
}

function serialNumber(): string {
  return randomBytes(15).toString("hex").replace(/^./, "1");
}
