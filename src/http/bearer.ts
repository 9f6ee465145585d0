/**
 * Entra access tokens, for automation: signature, issuer, audience, time, tenant, then the roles
 * (learn.microsoft.com/entra/identity-platform/claims-validation).
 */
import { errors, jwtVerify } from "jose";
import { z } from "zod";
import { NolapseError } from "../core/errors.ts";
import type { Authority, SignInSettings } from "./authority.ts";
import type { Caller } from "./caller.ts";
import { highest } from "./roles.ts";

const claimsSchema = z.looseObject({
  oid: z.string().min(1),
  tid: z.string(),
  roles: z.array(z.string()).default([]),
  /** Only in tokens for a person. */
  scp: z.string().optional(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  preferred_username: z.string().optional(),
  upn: z.string().optional(),
  name: z.string().optional(),
});

/** Seconds by which clocks may differ; Entra's own libraries allow five minutes. */
const TOLERANCE = 300;

export interface BearerChecks {
  readonly settings: Pick<SignInSettings, "tenantId" | "clientId" | "audiences">;
  readonly authority: () => Promise<Authority>;
  /** The domain's present, epoch milliseconds. */
  readonly now: () => Promise<number>;
}

/** Whose token it is. @throws NolapseError `not-signed-in` with what is wrong, `directory-unreachable` where keys cannot be had. */
export async function callerOfToken(token: string, { settings, authority, now }: BearerChecks): Promise<Caller> {
  const { keys, issuers } = await authority();
  const { clientId, tenantId, audiences } = settings;
  const verified = await jwtVerify(token, keys, {
    algorithms: ["RS256"],
    issuer: [...issuers],
    audience: [clientId, `api://${clientId}`, ...audiences],
    requiredClaims: ["exp", "iss", "aud"],
    clockTolerance: TOLERANCE,
    // the one way jose takes a time; it is the domain's
    currentDate: new Date(await now()),
  }).catch((cause: unknown) => {
    throw refusal(cause);
  });
  const read = claimsSchema.safeParse(verified.payload);
  if (!read.success) throw notTaken("it does not say who it is for");
  const claims = read.data;
  if (claims.tid.toLowerCase() !== tenantId) throw notTaken("it is for another tenant");
  const role = highest(claims.roles);
  if (claims.scp === undefined) {
    const name = claims.appid ?? claims.azp ?? claims.oid;
    return { kind: "application", objectId: claims.oid, name, displayName: null, role };
  }
  const name = claims.preferred_username ?? claims.upn ?? claims.oid;
  return { kind: "person", objectId: claims.oid, name, displayName: claims.name ?? null, role: role ?? "Owner" };
}

function refusal(cause: unknown): unknown {
  if (cause instanceof errors.JWTExpired) return notTaken("it has expired");
  if (cause instanceof errors.JWTClaimValidationFailed) return notTaken(`its ${cause.claim} is not the one expected`);
  // the bare class says that the keys' own answer was none
  if (
    cause instanceof errors.JOSEError &&
    !(cause instanceof errors.JWKSTimeout) &&
    cause.constructor !== errors.JOSEError
  )
    return notTaken("its signature cannot be verified");
  return new NolapseError("directory-unreachable", "the login authority's keys cannot be read", { cause });
}

function notTaken(why: string): NolapseError {
  return new NolapseError("not-signed-in", `the access token is not taken: ${why}`, {
    next: "ask for a fresh one with the scope CLIENT-ID/.default of this server",
  });
}
