import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineNow } from "../clock.ts";
import {
  bitString,
  distinguishedName,
  extension,
  keyBits,
  objectId,
  sequence,
  tlv,
  writeCertificate,
} from "./certificate-writer.ts";

const DAY = 86_400_000;
const YEAR = 365 * DAY;

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
    certificate: `${certificate}${authority.pem}`,
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
    if (Date.parse(new X509Certificate(pem).validTo) < machineNow() + YEAR) return undefined;
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

async function createAuthority(): Promise<Authority> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = await distinguishedName(`CN=Nolapse directory CA ${randomBytes(4).toString("hex")}`);
  const der = writeCertificate({
    serial: serialNumber(),
    subject: name,
    issuer: name,
    from: machineNow() - DAY,
    to: machineNow() + 10 * YEAR,
    publicKey,
    signingKey: privateKey,
    extensions: [
      // a CA, below which there are no further ones
      extension(BASIC_CONSTRAINTS, true, sequence(tlv(0x01, Buffer.of(0xff)), tlv(0x02, Buffer.of(0)))),
      // keyCertSign, cRLSign
      extension(KEY_USAGE, true, bitString(Buffer.of(0x06), 1)),
      extension(SUBJECT_KEY_ID, false, tlv(0x04, identifierOf(publicKey))),
    ],
  });
  return { pem: pemOf(der), privateKey, persisted: false };
}

async function issueLeaf(authority: Authority, publicKey: KeyObject): Promise<string> {
  const names = [
    ...LEAF_NAMES.map((name) => tlv(0x82, Buffer.from(name))),
    ...LEAF_ADDRESSES.map((address) => tlv(0x87, addressBytes(address))),
  ];
  const der = writeCertificate({
    serial: serialNumber(),
    subject: await distinguishedName("CN=localhost"),
    issuer: await distinguishedName(new X509Certificate(authority.pem).subject),
    from: machineNow() - DAY,
    // Under 398 days: stricter clients refuse longer-lived leafs. A new one is made at every start.
    to: machineNow() + 390 * DAY,
    publicKey,
    signingKey: authority.privateKey,
    extensions: [
      extension(BASIC_CONSTRAINTS, true, sequence()),
      // digitalSignature
      extension(KEY_USAGE, true, bitString(Buffer.of(0x80), 7)),
      extension(EXTENDED_KEY_USAGE, false, sequence(objectId("1.3.6.1.5.5.7.3.1"))),
      extension(SUBJECT_ALTERNATIVE_NAME, false, sequence(...names)),
      extension(SUBJECT_KEY_ID, false, tlv(0x04, identifierOf(publicKey))),
      extension(AUTHORITY_KEY_ID, false, sequence(tlv(0x80, identifierOf(createPublicKey(authority.privateKey))))),
    ],
  });
  return pemOf(der);
}

const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const SUBJECT_KEY_ID = "2.5.29.14";
const AUTHORITY_KEY_ID = "2.5.29.35";

const identifierOf = (key: KeyObject) => createHash("sha1").update(keyBits(key)).digest();

/** The two loopback addresses, which are all that is asked for. */
function addressBytes(address: string): Buffer {
  if (address.includes(".")) return Buffer.from(address.split(".").map(Number));
  if (address !== "::1") throw new RangeError(`the leaf certificate knows no address ${address}`);
  return Buffer.alloc(16).fill(1, 15);
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function serialNumber(): string {
  return randomBytes(15).toString("hex").replace(/^./, "1");
}
