/** Tokens for a person who signed in to an application: reference token-endpoint §4, with the claims a user adds. */
import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { signJws } from "../keys/jws.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";
import type { Platform } from "./sign-in-state.ts";
import { TOKEN_SECONDS } from "./token.ts";

/** Who signed in to what, for which scopes of which resource. */
export interface UserGrant {
  readonly user: ObjectRecord;
  /** The application's client id and service principal in the user's tenant. */
  readonly appId: string;
  readonly resource: ObjectRecord;
  readonly audience: string;
  readonly scopes: readonly string[];
  readonly openid: readonly string[];
  /** How the client proved itself: 0 not at all, 1 by a secret, 2 by an assertion. */
  readonly strength: "0" | "1" | "2";
}

const SKEW = 300;

const v2Issuer = (tenantId: string) => `https://login.microsoftonline.com/${tenantId}/v2.0`;
const v1Issuer = (tenantId: string) => `https://sts.windows.net/${tenantId}/`;

/** One person has another `sub` with each application, so that two of them cannot compare notes. */
export const pairwise = (userId: string, appId: string) =>
  createHash("sha256").update(`${userId} ${appId}`).digest("base64url");

function opaque({ noise }: Services) {
  return {
    aio: noise.bytes(24).toString("base64"),
    rh: `1.${noise.bytes(24).toString("base64url")}.`,
    uti: noise.bytes(16).toString("base64url"),
  };
}

function times(services: Services) {
  const issued = Math.floor(services.clock.now() / 1000);
  return { iat: issued - SKEW, nbf: issued - SKEW, exp: issued + TOKEN_SECONDS };
}

/** An access token; the resource decides its shape. */
export async function mintUserToken(
  services: Services,
  grant: UserGrant,
): Promise<{ jwt: string; nbf: number; exp: number }> {
  const { user, appId, resource, strength } = grant;
  const { entity, tenantId } = user;
  const api = services.store.applicationByAppId(String(resource.entity.appId))?.entity.api as
    | { requestedAccessTokenVersion?: number | null }
    | undefined;
  const v2 = api?.requestedAccessTokenVersion === 2;
  const scp = [...new Set([...grant.openid.filter((one) => one !== "offline_access"), ...grant.scopes])].join(" ");
  const claims = {
    name: entity.displayName,
    oid: entity.id,
    sub: pairwise(entity.id, String(resource.entity.appId)),
    tid: tenantId,
    scp,
    ...rolesOf(services, user, resource),
    ...opaque(services),
    ...times(services),
  };
  const { kid } = services.signer;
  const person = { unique_name: entity.userPrincipalName, upn: entity.userPrincipalName };
  const shaped = v2
    ? {
        ...claims,
        aud: resource.entity.appId,
        iss: v2Issuer(tenantId),
        azp: appId,
        azpacr: strength,
        preferred_username: entity.userPrincipalName,
        ver: "2.0",
      }
    : {
        ...claims,
        ...person,
        acr: "1",
        amr: ["pwd"],
        app_displayname: services.store.principalByName(tenantId, appId)?.entity.displayName,
        aud: grant.audience,
        appid: appId,
        appidacr: strength,
        family_name: entity.surname ?? undefined,
        given_name: entity.givenName ?? undefined,
        idtyp: "user",
        ipaddr: "127.0.0.1",
        iss: v1Issuer(tenantId),
        ver: "1.0",
      };
  const header = v2 ? { typ: "JWT", alg: "RS256", kid } : { typ: "JWT", alg: "RS256", x5t: kid, kid };
  return { jwt: await signJws(header, shaped, services.signer.key), nbf: claims.nbf, exp: claims.exp };
}

function rolesOf({ store }: Services, user: ObjectRecord, resource: ObjectRecord): { roles?: string[] } {
  const appRoles = (resource.entity.appRoles ?? []) as { id: string; value: string | null }[];
  const granted = store.grantsTo(user.entity.id).filter(({ entity }) => entity.resourceId === resource.entity.id);
  const roles = granted.flatMap(({ entity }) => appRoles.find(({ id }) => id === entity.appRoleId)?.value ?? []);
  return roles.length === 0 ? {} : { roles: roles.sort() };
}

/** The client's own app roles, which an ID token has as well (learn.microsoft.com/entra/identity-platform/optional-claims-reference). */
function ownRolesOf(services: Services, user: ObjectRecord, appId: string): { roles?: string[] } {
  const client = services.store.principalByName(user.tenantId, appId);
  return client === undefined ? {} : rolesOf(services, user, client);
}

export interface IdTokenRequest {
  readonly user: ObjectRecord;
  readonly appId: string;
  readonly nonce: string | null;
  readonly openid: readonly string[];
  readonly version: "v1" | "v2";
  /** What the token travels with, bound to it by their hashes. */
  readonly code?: string;
  readonly accessToken?: string;
}

export function mintIdToken(services: Services, given: IdTokenRequest): Promise<string> {
  const { user, appId, nonce, version } = given;
  const { entity, tenantId } = user;
  const profile = given.openid.includes("profile") || version === "v1";
  const claims = {
    aud: appId,
    iss: version === "v2" ? v2Issuer(tenantId) : v1Issuer(tenantId),
    ...times(services),
    ...(profile ? { name: entity.displayName, oid: entity.id } : {}),
    ...(profile && version === "v2" ? { preferred_username: entity.userPrincipalName } : {}),
    ...(version === "v1" ? { unique_name: entity.userPrincipalName, upn: entity.userPrincipalName } : {}),
    ...(given.openid.includes("email") && entity.mail !== null ? { email: entity.mail } : {}),
    ...(nonce === null ? {} : { nonce }),
    ...ownRolesOf(services, user, appId),
    ...(given.code === undefined ? {} : { c_hash: halfHash(given.code) }),
    ...(given.accessToken === undefined ? {} : { at_hash: halfHash(given.accessToken) }),
    sub: pairwise(entity.id, appId),
    tid: tenantId,
    ...opaque(services),
    ver: version === "v2" ? "2.0" : "1.0",
  };
  return signJws({ typ: "JWT", alg: "RS256", kid: services.signer.kid }, claims, services.signer.key);
}

/** The left half of the hash (OpenID Connect Core §3.3.2.11). */
const halfHash = (text: string) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");

/** MSAL's name for an account. */
export function clientInfo({ entity, tenantId }: ObjectRecord): string {
  return Buffer.from(JSON.stringify({ uid: entity.id, utid: tenantId })).toString("base64url");
}

/** What a refresh token holds; sealed in itself, so it survives restarts, exports and imports without being stored. */
export interface RefreshGrant {
  readonly userId: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly platform: Platform;
  readonly scopes: readonly string[];
  /** The client of the family it began with may ask for other resources by it. */
  readonly resourceId: string;
  readonly audience: string;
  readonly openid: readonly string[];
  /** Epoch milliseconds. */
  readonly until: number;
}

const keyOf = ({ store }: Services) => createHmac("sha256", store.pepper).update("refresh tokens").digest();

export function sealRefresh(services: Services, grant: RefreshGrant): string {
  const nonce = services.noise.bytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(services), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(grant), "utf8"), cipher.final()]);
  return `1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
}

/** Undefined for what this directory did not seal. */
export function openRefresh(services: Services, token: string): RefreshGrant | undefined {
  const bytes = Buffer.from(token.slice(2), "base64url");
  if (!token.startsWith("1.") || bytes.length < 29) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(services), bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
    return JSON.parse(text) as RefreshGrant;
  } catch {
    return undefined;
  }
}
