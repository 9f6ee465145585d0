/** Judges what a signing command answered. Nothing of it is taken on trust: a wrong certificate would be found only when it is delivered. */
import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import { epochMs, formatInstant, HOUR, plus } from "../../core/time.ts";
import { certificateFacts, publicKeyOf, readCertificate } from "../../x509/facts.ts";
import { certificatesIn, disorder } from "./chain.ts";
import { failed, refused } from "./failures.ts";
import type { Output } from "./signer-process.ts";
import type { Span } from "./signing.ts";

/** How far an authority's clock may be from ours, and how far back it may date what it signs. */
const LEEWAY = HOUR;

/** Digests for which collisions can be made. */
const BROKEN: ReadonlySet<string> = new Set(["md5", "sha1"]);

export interface Answer {
  readonly certificate: string;
  readonly chain: readonly string[];
}

/**
 * The certificate for the key, then those that lead to a root.
 * @throws NolapseError `issuer-failed` when there is no certificate at all, `issuer-refused` when it is a wrong one.
 */
export function judgeAnswer(issuer: string, { text, complaint }: Output, key: KeyObject, asked: Span): Answer {
  const [certificate, ...chain] = certificatesIn(text);
  const [leaf, ...above] = [certificate ?? "", ...chain].map(readCertificate);
  const said = complaint === null ? "" : `; it said: ${complaint}`;
  if (certificate === undefined) {
    throw failed(
      issuer,
      `its command printed no certificate in PEM${said}`,
      "let it print the chain on its standard output",
    );
  }
  if (leaf === undefined || leaf === null || above.includes(null)) {
    throw failed(issuer, `its command printed something that is no certificate${said}`, "look at what it prints");
  }
  const all = [leaf, ...above.filter((one) => one !== null)];
  const wrong = wrongKey(all, key) ?? wrongUse(leaf) ?? wrongSpan(leaf, asked) ?? disorder(all);
  if (wrong !== null) {
    throw refused(issuer, `the certificate its command printed cannot be used: ${wrong}${said}`, NEXT);
  }
  return { certificate, chain };
}

const NEXT =
  "let the command sign the request it gets, for at most the time it is told, and print the certificate, then its chain (docs/issuers.md)";

function wrongKey(all: readonly X509Certificate[], key: KeyObject): string | null {
  const ours = createPublicKey(key);
  const place = all.findIndex((one) => publicKeyOf(one)?.equals(ours) === true);
  if (place === 0) return null;
  return place < 0
    ? "it is for another key than the request"
    : `the one for our key is number ${place + 1} and has to be the first`;
}

function wrongUse(leaf: X509Certificate): string | null {
  if (leaf.ca) return "it is that of a CA, which could sign others";
  const digest = certificateFacts(leaf.raw)?.digest ?? null;
  return digest !== null && BROKEN.has(digest) ? `it is signed with ${digest}, which can be forged` : null;
}

function wrongSpan(leaf: X509Certificate, asked: Span): string | null {
  const [from, to] = [epochMs(leaf.validFromDate.getTime()), epochMs(leaf.validToDate.getTime())];
  const now = plus(asked.notBefore, LEEWAY);
  if (to <= now) return `it has expired: it ends ${formatInstant(to)}`;
  if (from > now) return `it is not valid yet: it begins ${formatInstant(from)}`;
  if (to > asked.notAfter) {
    return `it ends ${formatInstant(to)}, later than the ${formatInstant(asked.notAfter)} that was asked for`;
  }
  if (from < plus(asked.notBefore, -LEEWAY)) {
    return `it begins ${formatInstant(from)}, long before the ${formatInstant(asked.notBefore)} that was asked for`;
  }
  return null;
}
