/** `POST /servicePrincipals/{id}/addTokenSigningCertificate`: the pair that signs SAML tokens (reference graph-applications §6.4). */
import { createHash } from "node:crypto";
import { addMonths } from "../clock.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError } from "../graph/graph-error.ts";
import { refuseLocked, requireOnly, requireRoom } from "../graph/limits.ts";
import { readCertificate, readThumbprint } from "../keys/certificate.ts";
import { selfSignedCertificate } from "../keys/self-signed.ts";
import { keysOf, type ObjectRecord, passwordsOf } from "../state/state.ts";
import { withKeys } from "./key-credentials.ts";
import { normalisedInstant } from "./shapes.ts";

/** The longest and the usual life of such a certificate. */
const MONTHS = 36;

export async function addTokenSigningCertificate(call: GraphCall): Promise<GraphAnswer> {
  const { record, body, services, now } = call;
  if (record === undefined) throw new Error("the route has no target");
  requireOnly(body, "displayName", "endDateTime");
  refuseLocked(call, "servicePrincipals", "keyCredentials", "Sign");
  const name = body.displayName;
  if (typeof name !== "string" || !/^CN=./.test(name)) {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'SelfSignedCertificate'.");
  }
  const from = Math.floor(now / 1000) * 1000;
  const to = endOf(body.endDateTime, now);
  requireRoom(passwordsOf(record).length + keysOf(record).length + 2);
  const der = await selfSignedCertificate(services.certificateKey, { subject: name, from, to });
  const [signId, verifyId] = [services.random.guid(), services.random.guid()];
  const common = {
    customKeyIdentifier: createHash("sha1").update(der).digest("base64"),
    displayName: name,
    startDateTime: normalisedInstant(new Date(from).toISOString()),
    endDateTime: normalisedInstant(new Date(to).toISOString()),
  };
  const sign = { ...common, key: null, keyId: signId, type: "X509CertAndPassword", usage: "Sign" };
  const verify = {
    ...common,
    key: der.toString("base64"),
    keyId: verifyId,
    type: "AsymmetricX509Cert",
    usage: "Verify",
  };
  // the password of the private half is nobody's to sign in with: it has an entry and no value
  const password = { ...common, hint: null, keyId: signId, secretText: null };
  const next = withKeys(record, [sign, verify, ...keysOf(record)], now);
  const entity = { ...next.entity, passwordCredentials: [password, ...passwordsOf(record)] };
  services.commit([{ put: "servicePrincipals", record: { ...next, entity } }]);
  const context = `${call.request.origin}/v1.0/$metadata#microsoft.graph.selfSignedCertificate`;
  const thumbprint = createHash("sha1").update(der).digest("hex").toUpperCase();
  // the key id is the private half's, though all else is the public one's (hashicorp/terraform-provider-azuread#968)
  return { status: 200, body: { "@odata.context": context, ...verify, keyId: signId, thumbprint } };
}

/**
 * What `preferredTokenSigningKeyThumbprint` may be set to: nothing, or the SHA-1 of a certificate that is on the object. The
 * documentation is silent on anything else; a name of no key would leave tokens unsigned, so it is refused here.
 */
export function requireOwnThumbprint(record: ObjectRecord | undefined, thumbprint: unknown): void {
  if (thumbprint === undefined || thumbprint === null || thumbprint === "") return;
  const named = readThumbprint(String(thumbprint));
  const own = record === undefined ? [] : keysOf(record);
  const isOwn = own.some(({ key }) => named !== undefined && readCertificate(key ?? "")?.sha1.equals(named) === true);
  if (!isOwn) {
    const message =
      "Invalid value specified for property 'preferredTokenSigningKeyThumbprint' of resource 'ServicePrincipal'.";
    throw badRequest(message);
  }
}

function endOf(given: unknown, now: number): number {
  const latest = addMonths(now, MONTHS);
  const end = given === undefined || given === null ? latest : Date.parse(String(given));
  if (Number.isNaN(end)) {
    throw badRequest("Invalid value specified for property 'endDateTime' of resource 'SelfSignedCertificate'.");
  }
  if (end <= now || end > latest) {
    throw new GraphError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
  }
  return Math.floor(end / 1000) * 1000;
}
