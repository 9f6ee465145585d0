/** Issuer `local-ca`: signed by a CA whose certificate and key are files. They are read anew each time, so they can be replaced. */
import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as x509 from "@peculiar/x509";
import { NolapseError } from "../../core/errors.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { epochMs, formatInstant, HOUR, latest, plus } from "../../core/time.ts";
import type { Issuer } from "../../ports/issuer.ts";
import { readCertificate } from "../../x509/facts.ts";
import { certificatesIn, disorder, signedBy } from "./chain.ts";
import { attempt, failed, refused } from "./failures.ts";
import type { KeySource } from "./key-source.ts";
import { type Authority, canSign, issued, type Span, signCertificate, spanOf } from "./signing.ts";

export interface LocalCaSettings {
  readonly type: "local-ca";
  /** PEM: the CA's certificate, then those between it and its root. */
  readonly certificate: string;
  /** PEM: its private key, encrypted or not. May be the same file. */
  readonly key: string;
  /** Gives the password of an encrypted key when it is needed; null when there is none. */
  readonly password: (() => SecretValue | Promise<SecretValue>) | null;
}

export function createLocalCa(name: string, settings: LocalCaSettings, keys: KeySource): Issuer {
  return {
    name,
    issue: (request, signal) =>
      attempt(name, signal, async () => {
        const asked = spanOf(name, request);
        const { chain, pem, ...authority } = await readAuthority(name, settings);
        const span = within(name, settings, asked, chain[0]);
        const key = await keys.key(request.keySize);
        const certificate = await signCertificate(key, { ...request, ...span }, keys.serial(), authority);
        const made = readCertificate(certificate);
        if (made === null || !signedBy(made, chain[0])) {
          // a name in an unusual encoding: the certificate would name an issuer that is not quite the CA
          throw refused(name, `the CA in ${settings.certificate} cannot be named as the issuer`, "use another CA");
        }
        return issued(key, certificate, pem);
      }),
  };
}

interface OpenAuthority extends Authority {
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  readonly pem: readonly string[];
}

/** @throws NolapseError `issuer-failed` for files that cannot be read, `issuer-refused` for what is in them. */
async function readAuthority(name: string, settings: LocalCaSettings): Promise<OpenAuthority> {
  const pem = certificatesIn(await readText(name, settings.certificate));
  const [own, ...others] = pem.map(readCertificate);
  const correct = `put the CA's certificate, then its chain, into ${settings.certificate}`;
  if (own === undefined || own === null || others.includes(null)) {
    throw refused(name, `${settings.certificate} holds no certificate in PEM`, correct);
  }
  if (!own.ca) throw refused(name, `the certificate in ${settings.certificate} is not that of a CA`, correct);
  const chain = [own, ...others.filter((one) => one !== null)] as const;
  const wrong = disorder(chain);
  if (wrong !== null) throw refused(name, `the chain in ${settings.certificate} is out of order: ${wrong}`, correct);

  const key = await readKey(name, settings, await readText(name, settings.key));
  if (!own.checkPrivateKey(key)) {
    throw refused(
      name,
      `the key in ${settings.key} does not belong to the certificate in ${settings.certificate}`,
      `name the two files of one CA under issuers.${name}`,
    );
  }
  if (!canSign(key)) {
    throw refused(
      name,
      `the key in ${settings.key} is of a kind that cannot sign here`,
      "use a CA with an RSA, P-256, P-384 or P-521 key",
    );
  }
  return { certificate: new x509.X509Certificate(new Uint8Array(own.raw)), key, chain, pem };
}

async function readText(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? `${path} does not exist` : `${path} cannot be read (${code ?? "unknown error"})`;
    throw failed(name, why, `let the user who runs nolapse read ${path}, or correct issuers.${name}`, cause);
  }
}

/** OpenSSL's reasons for a key that its password does not open. */
const WRONG_PASSWORD = /bad decrypt|bad password read|interrupted or cancelled|bad pkcs12|wrong final block length/i;

async function readKey(name: string, { key: path, password }: LocalCaSettings, text: string): Promise<KeyObject> {
  const pem = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/.exec(text)?.[0];
  if (pem === undefined) {
    throw refused(
      name,
      `${path} holds no private key in PEM`,
      `put the CA's key into ${path}, or correct issuers.${name}.key`,
    );
  }
  const encrypted = pem.includes("ENCRYPTED");
  if (encrypted && password === null) {
    throw refused(
      name,
      `the key in ${path} is encrypted`,
      `say where its password is: issuers.${name}.password, such as env:NAME or file:PATH`,
    );
  }
  const passphrase = encrypted && password !== null ? await passwordOf(name, password) : undefined;
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    // never kept as the cause: what OpenSSL says of it is all there is to know, and nothing of the file goes further
    const why = cause instanceof Error && WRONG_PASSWORD.test(cause.message) && encrypted;
    throw why
      ? refused(
          name,
          `the password does not open the key in ${path}`,
          `correct what issuers.${name}.password refers to`,
        )
      : refused(name, `the private key in ${path} cannot be read`, `look at it with: openssl pkey -in ${path} -noout`);
  }
}

async function passwordOf(name: string, password: () => SecretValue | Promise<SecretValue>): Promise<string> {
  try {
    return (await password()).reveal();
  } catch (cause) {
    if (!(cause instanceof NolapseError)) throw cause;
    // a vault that does not answer now may answer later: only what is configured wrongly needs a person
    if (cause.code !== "config-reference")
      throw failed(name, cause.message, cause.next ?? "nolapse tries again", cause);
    throw refused(name, cause.message, cause.next ?? `correct issuers.${name}.password`, cause);
  }
}

/**
 * What was asked for, cut to the CA's own span: a certificate that outlives its CA is trusted by nobody. The start asked for may
 * lie a little in the past, so the CA has to be valid an hour after it.
 */
function within(name: string, { certificate: path }: LocalCaSettings, asked: Span, ca: X509Certificate): Span {
  const [from, to] = [epochMs(ca.validFromDate.getTime()), epochMs(ca.validToDate.getTime())];
  const needed = plus(asked.notBefore, HOUR);
  if (to <= needed) {
    throw refused(
      name,
      `the CA in ${path} has expired: it ends ${formatInstant(to)}`,
      "renew the CA, or choose another issuer in the policy",
    );
  }
  if (from > needed) {
    throw refused(
      name,
      `the CA in ${path} is not valid yet: it begins ${formatInstant(from)}`,
      "wait for it, or choose another issuer in the policy",
    );
  }
  return { notBefore: latest(asked.notBefore, from), notAfter: epochMs(Math.min(asked.notAfter, to)) };
}
