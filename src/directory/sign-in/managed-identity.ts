/**
 * A managed identity as a federated credential (reference token-endpoint §3.1): the one token of Entra itself that is taken as an
 * assertion. It must be made out to the token exchange, in the application's own tenant, by the identity itself.
 */

import { isSignedBy, type Unverified } from "../keys/jws.ts";
import { guidOf } from "../random.ts";
import { newServicePrincipal } from "../resources/shapes.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import type { Assertor } from "./client-assertion.ts";

/** The audience of such credentials, and the resource identities ask a token for. */
export const TOKEN_EXCHANGE = "api://AzureADTokenExchange";
/** "AAD Token Exchange" of the public cloud; from general knowledge. Its tokens are v2.0, so this is their `aud`. */
const EXCHANGE_APP_ID = "fb60f99c-7a34-4190-8149-302f77469936";

/** The token exchange as a resource. Every tenant knows it, and no list shows it. */
export function tokenExchange(tenant: TenantRecord, name: string): ObjectRecord | undefined {
  if (name.toLowerCase() !== TOKEN_EXCHANGE.toLowerCase() && name.toLowerCase() !== EXCHANGE_APP_ID) return undefined;
  const id = guidOf(`${tenant.id}/token exchange`);
  const entity = newServicePrincipal({ id, appId: EXCHANGE_APP_ID, displayName: "AAD Token Exchange" });
  return { seq: 0, tenantId: tenant.id, entity, owners: [], secrets: {} };
}

export function isTokenExchange({ entity }: ObjectRecord): boolean {
  return entity.appId === EXCHANGE_APP_ID;
}

/**
 * What a credential must name to trust this token of Entra's: issuer, audience, and as subject the identity's object id.
 * @throws AadError 700229 for a person's token, 700222 for one of anything but a managed identity of the application's tenant
 */
export function managedIdentityClaims(
  services: Services,
  client: Assertor,
  assertion: Unverified,
): { issuer: string; audience: unknown; subject: string } {
  const { claims } = assertion;
  const tenantId = client.application?.tenantId ?? "";
  const isOurs = services.signers().some(({ key }) => assertion.header.alg === "RS256" && isSignedBy(assertion, key));
  if (!isOurs || claims.tid !== tenantId) throw aadsts.federatedFromEntra();
  // an application's own token is about itself; a person's has another subject, and what was consented to
  if (claims.sub !== claims.oid || claims.scp !== undefined) throw aadsts.federatedFromPerson();
  const identity = services.store.find("servicePrincipals", tenantId, sentText(claims.oid));
  if (identity?.entity.servicePrincipalType !== "ManagedIdentity") throw aadsts.federatedFromEntra();
  const audience = claims.aud === EXCHANGE_APP_ID ? TOKEN_EXCHANGE : claims.aud;
  return { issuer: sentText(claims.iss), audience, subject: identity.entity.id };
}
