/** Client authentication by a signed assertion: reference token-endpoint §3. The checks and their order are its. */

import { stillHonoured } from "../faults/departed.ts";
import { type Certificate, readCertificate } from "../keys/certificate.ts";
import { CLIENT_ALGORITHMS, isSignedBy, numericDate, readJws, type Unverified } from "../keys/jws.ts";
import { isInTime, thumbprintOf } from "../resources/proof.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import { type KeyCredential, keysOf, type ObjectRecord, type TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const MICROSOFT_ORIGINS = [
  "https://login.microsoftonline.com",
  "https://login.windows.net",
  "https://login.microsoft.com",
  "https://sts.windows.net",
  "https://login.microsoftonline.us",
  "https://login.partner.microsoftonline.cn",
  "https://login.chinacloudapi.cn",
];

export interface Assertor {
  readonly appId: string;
  readonly application: ObjectRecord | undefined;
  readonly principal: ObjectRecord;
}

/** What was learned on the way, for the sign-in log; `keyId` as soon as a certificate is found. */
export interface Found {
  keyId: string | null;
}

/** Reads the form's assertion. Undefined when there is none. @throws AadError for one of another type, or malformed. */
export function readAssertion(form: URLSearchParams): Unverified | undefined {
  const text = form.get("client_assertion");
  if (text === null || text === "") return undefined;
  const type = form.get("client_assertion_type") ?? "";
  if (type === "") throw aadsts.missingParameter("client_assertion_type");
  if (type !== TYPE) throw aadsts.assertionType(type);
  const assertion = readJws(text);
  if (assertion === undefined) throw aadsts.malformedAssertion();
  return assertion;
}

/** What can be said of an assertion before anybody knows whose it is. Gives the thumbprint it names. @throws AadError */
export function checkForm(assertion: Unverified): Buffer {
  const algorithm = sentText(assertion.header.alg);
  if (!CLIENT_ALGORITHMS.includes(algorithm)) throw aadsts.assertionAlgorithm(algorithm, CLIENT_ALGORITHMS.join(", "));
  const thumbprint = thumbprintOf(assertion);
  if (thumbprint === undefined) throw aadsts.assertionWithoutKey();
  return thumbprint;
}

/** Checks an assertion made with one of the client's own certificates. @throws AadError */
export function authenticateByCertificate(
  services: Services,
  tenant: TenantRecord,
  client: Assertor,
  assertion: Unverified,
  found: Found,
): string {
  const { claims } = assertion;
  const thumbprint = checkForm(assertion);
  for (const name of ["iss", "sub"] as const) {
    if (sentText(claims[name]).toLowerCase() !== client.appId) throw aadsts.assertionOfAnother(client.appId);
  }
  if (!audienceFits(services, tenant, claims.aud)) throw aadsts.assertionAudience();
  const [key, certificate] = findKey(services, client, thumbprint);
  const shown = thumbprint.toString("hex").toUpperCase();
  if (key === undefined || certificate === undefined) {
    const { x5c } = assertion.header;
    throw x5c === undefined ? aadsts.keyNotFound(client.appId, shown) : aadsts.certificateNotAuthorised(subjectOf(x5c));
  }
  found.keyId = key.keyId;
  const now = services.clock.now();
  const [from, to] = [Date.parse(key.startDateTime ?? ""), Date.parse(key.endDateTime ?? "")];
  if (to <= now) throw aadsts.keyExpired(client.appId, shown, from, to);
  if (!isVisible(services, client, key.keyId, now) || from > now) throw aadsts.keyNotFound(client.appId, shown);
  if (!isSignedBy(assertion, certificate.publicKey)) {
    throw aadsts.keySignature(client.appId, shown);
  }
  if (!isInTime(services, assertion)) {
    throw aadsts.assertionTime(now, numericDate(claims.nbf), numericDate(claims.exp));
  }
  return key.keyId;
}

/** The subject of the first certificate of a chain. @throws AadError for what is no chain */
function subjectOf(chain: unknown): string {
  const [first] = Array.isArray(chain) ? (chain as unknown[]) : [];
  const certificate = typeof first === "string" ? readCertificate(first) : undefined;
  if (certificate === undefined) throw aadsts.malformedAssertion();
  return certificate.subject;
}

function findKey(
  services: Services,
  client: Assertor,
  thumbprint: Buffer,
): [KeyCredential | undefined, Certificate | undefined] {
  let best: [KeyCredential | undefined, Certificate | undefined] = [undefined, undefined];
  for (const record of [client.application, client.principal]) {
    const departed = record === undefined ? [] : stillHonoured(record, services.faults, services.clock.now());
    const keys = record === undefined ? [] : [...keysOf(record), ...departed.flatMap((one) => one.key ?? [])];
    for (const key of keys) {
      if (key.usage !== "Verify" || key.key === null) continue;
      const certificate = readCertificate(key.key);
      if (certificate === undefined) continue;
      if (!thumbprint.equals(certificate.sha1) && !thumbprint.equals(certificate.sha256)) continue;
      // the same certificate may be there twice: the entry that lasts longest counts
      if (Date.parse(key.endDateTime ?? "") > Date.parse(best[0]?.endDateTime ?? "0001-01-01"))
        best = [key, certificate];
    }
  }
  return best;
}

function isVisible(services: Services, client: Assertor, keyId: string, now: number): boolean {
  const at = client.application?.keysAt?.[keyId] ?? client.principal.keysAt?.[keyId];
  return at === undefined || services.faults.tokenVisibility(keyId, at, now, "certificate") === "visible";
}

/** The token endpoint's URL by tenant id or domain, of either version, or an issuer's: under any of the authority's names. */
function audienceFits(services: Services, tenant: TenantRecord, audience: unknown): boolean {
  const origins = [...services.origins, ...MICROSOFT_ORIGINS];
  const text = sentText(audience).replace(/\/+$/, "");
  const origin = origins.find((one) => text.startsWith(`${one}/`));
  if (origin === undefined) return false;
  const [name = "", ...path] = text.slice(origin.length + 1).split("/");
  const names = ["adfs", tenant.id, ...tenant.domains.map((one) => one.name)].map((one) => one.toLowerCase());
  return (
    names.includes(name.toLowerCase()) && ["oauth2/v2.0/token", "oauth2/token", "v2.0", ""].includes(path.join("/"))
  );
}
