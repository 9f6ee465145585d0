import { withDeparted } from "../faults/departed.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest } from "../graph/graph-error.ts";
import { refuseLocked, requireOnly, requireRoom } from "../graph/limits.ts";
import { requireType } from "../graph/schema.ts";
import { sentText } from "../sent-text.ts";
import { keysOf, type ObjectRecord, passwordsOf } from "../state/state.ts";
import { enforcePolicies } from "./app-policies.ts";
import { newPassword, PERSONAL_LIMIT } from "./new-password.ts";
import { type ObjectKind, target } from "./objects.ts";

/** `POST …/addPassword`: reference graph-applications §5.1. */
export function addPassword(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now, body } = call;
  requireOnly(body, "passwordCredential");
  const given = requireType("passwordCredential", body.passwordCredential ?? {});
  refuseLocked(call, kind, "passwordCredentials");
  refuseCrowded(call, record, kind);
  const { credential, secret, secretText, spanned } = newPassword(services, now, given);
  enforcePolicies(services, kind, record, { kind: "password", ...spanned });
  const entity = { ...record.entity, passwordCredentials: [credential, ...passwordsOf(record)] };
  const secrets = { ...record.secrets, [credential.keyId]: secret };
  services.commit([{ put: kind, record: { ...record, entity, secrets } }]);
  const context = `${call.request.origin}/v1.0/$metadata#microsoft.graph.passwordCredential`;
  return { status: 200, body: { "@odata.context": context, ...credential, secretText } };
}

/** `POST …/removePassword`: reference graph-applications §5.2. */
export function removePassword(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now, body } = call;
  requireOnly(body, "keyId");
  const keyId = sentText(body.keyId ?? "").toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(keyId))
    throw badRequest("Invalid value specified for property 'keyId' of resource 'PasswordCredential'.");
  refuseLocked(call, kind, "passwordCredentials");
  const secret = record.secrets[keyId];
  const seen = secret === undefined ? "visible" : services.faults.readVisibility(keyId, secret.createdAt, now);
  if (!passwordsOf(record).some((credential) => credential.keyId === keyId) || seen !== "visible") {
    throw badRequest(`No password credential found with keyId '${keyId}'.`);
  }
  const entity = {
    ...record.entity,
    passwordCredentials: passwordsOf(record).filter((credential) => credential.keyId !== keyId),
  };
  const { [keyId]: _removed, ...secrets } = record.secrets;
  const left = withDeparted(record, { ...record, entity, secrets }, services.faults, now);
  services.commit([{ put: kind, record: left }]);
  return { status: 204 };
}

function refuseCrowded(call: GraphCall, record: ObjectRecord, kind: ObjectKind): void {
  const count = passwordsOf(record).length;
  const audience = String(record.entity.signInAudience);
  if (kind === "applications" && audience.includes("PersonalMicrosoftAccount") && count >= PERSONAL_LIMIT) {
    throw badRequest("You can only add a maximum of 2 encrypted credentials.");
  }
  requireRoom(count + keysOf(record).length);
  const name = (call.body.passwordCredential as { displayName?: string } | undefined)?.displayName ?? "";
  // 90 characters is the limit for personal audiences; the marker of design §2 fits in it, and no org limit is documented below 256.
  if (name.length > (audience.includes("PersonalMicrosoftAccount") ? 90 : 256))
    throw badRequest("Invalid value specified for property 'displayName' of resource 'PasswordCredential'.");
}
