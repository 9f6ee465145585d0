/**
 * Sign-in of people by OpenID Connect: authorization code with PKCE, state and nonce, against the tenant's own authority. What a
 * browser brings back counts only with the cookie of the sign-in that it began, once, and within ten minutes.
 */
import { randomBytes } from "node:crypto";
import * as openid from "openid-client";
import { z } from "zod";
import { NolapseError } from "../core/errors.ts";
import { SecretValue } from "../core/secret-value.ts";
import { epochMs, MINUTE, SECOND } from "../core/time.ts";
import { type Authority, asking, type SignInSettings } from "./authority.ts";
import type { Caller } from "./caller.ts";
import type { OwnRights } from "./own-rights.ts";
import { highest } from "./roles.ts";
import { aheadOfMachine } from "./server-clock.ts";

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly to: string;
  readonly rights: boolean;
  readonly at: number;
}

export interface SignIn {
  /** Where to send the browser, and the secret of this sign-in for its cookie. With `rights` people are asked to lend their own. */
  begin(to: string, rights?: boolean): Promise<{ readonly url: string; readonly ticket: string }>;
  /** Who came back, where they wanted to go, and what they lend. @throws NolapseError `not-signed-in`. */
  complete(
    ticket: string | undefined,
    query: string,
  ): Promise<{ readonly caller: Caller; readonly to: string; readonly rights: OwnRights | null }>;
  /** Where the authority's own session ends. */
  endAddress(): Promise<string | null>;
}

export interface SignInParts {
  readonly settings: SignInSettings;
  readonly authority: () => Promise<Authority>;
  /** The server's own, without a path. */
  readonly origin: () => string;
  readonly now: () => Promise<number>;
  readonly processNow: () => number;
}

/** A sign-in that was begun is over after this long; milliseconds of process time. */
const LASTS = 10 * 60_000;
/** So many may be open; the oldest gives way, so that nobody fills the memory by beginning. */
const MOST = 2_000;

const claimsSchema = z.looseObject({
  oid: z.string().min(1),
  tid: z.string(),
  roles: z.array(z.string()).default([]),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
});

export const CALLBACK = "/auth/callback";

export function createSignIn(parts: SignInParts): SignIn {
  const begun = new Map<string, Begun>();
  const redirectUri = () => `${parts.origin()}${CALLBACK}`;
  return {
    begin: async (to, rights = false) => {
      const config = await configuration(parts);
      const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(),
        scope: rights ? `openid profile ${parts.settings.ownRights}` : "openid profile",
        response_mode: "query",
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      for (const oldest of begun.keys()) {
        if (begun.size < MOST) break;
        begun.delete(oldest);
      }
      const ticket = randomBytes(32).toString("base64url");
      begun.set(ticket, { state, nonce, verifier, to, rights, at: parts.processNow() });
      return { url: url.href, ticket };
    },
    complete: async (ticket, query) => {
      const pending = ticket === undefined ? undefined : begun.get(ticket);
      if (ticket !== undefined) begun.delete(ticket);
      if (pending === undefined || parts.processNow() - pending.at > LASTS) {
        throw failed("this sign-in was not begun by this browser, or too long ago");
      }
      const redeemed = await redeem(parts, pending, new URL(`${redirectUri()}?${query}`));
      return { ...redeemed, to: pending.to };
    },
    endAddress: async () => (await parts.authority()).metadata.end_session_endpoint ?? null,
  };
}

async function configuration({ settings, authority, now }: SignInParts): Promise<openid.Configuration> {
  const { metadata } = await authority();
  const secret = await settings.secret();
  // the directory of a demo or a test has its own time
  const skew = Math.round(aheadOfMachine(await now()) / 1000);
  const config = new openid.Configuration(
    // what is there is text; what is not, is not named
    metadata as openid.ServerMetadata,
    settings.clientId,
    { [openid.clockSkew]: skew, [openid.clockTolerance]: 300 },
    openid.ClientSecretPost(secret.reveal()),
  );
  config[openid.customFetch] = asking(settings) as openid.CustomFetch;
  openid.enableNonRepudiationChecks(config);
  return config;
}

async function redeem(
  parts: SignInParts,
  pending: Begun,
  url: URL,
): Promise<{ readonly caller: Caller; readonly rights: OwnRights | null }> {
  const config = await configuration(parts);
  const tokens = await openid
    .authorizationCodeGrant(config, url, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    })
    .catch((cause: unknown) => {
      throw refusal(cause);
    });
  const read = claimsSchema.safeParse(tokens.claims());
  if (!read.success) throw failed("the authority does not say who signed in");
  const { oid, tid, roles, preferred_username: name = oid, name: displayName = null } = read.data;
  if (tid.toLowerCase() !== parts.settings.tenantId) throw failed("the sign-in is to another tenant");
  const caller = { kind: "person", objectId: oid, name, displayName, role: highest(roles) ?? "Owner" } as const;
  if (!pending.rights) return { caller, rights: null };
  const until = epochMs((await parts.now()) + Math.max(0, (tokens.expires_in ?? 0) * SECOND - MINUTE));
  return { caller, rights: { token: new SecretValue(tokens.access_token), until } };
}

/** What the authority said, which is its own text; that it said nothing; or that something did not fit. */
function refusal(cause: unknown): NolapseError {
  const inner = cause instanceof Error ? cause.cause : null;
  for (const one of [cause, inner]) if (one instanceof NolapseError) return one;
  if (cause instanceof openid.ResponseBodyError && cause.error === "invalid_client") {
    return new NolapseError("sign-in-failed", "the login authority does not take this server's own client secret", {
      cause,
      next: "make a new one for the server's registration and write it to where server.signIn.secret leads; it is read at each sign-in",
    });
  }
  if (cause instanceof openid.AuthorizationResponseError || cause instanceof openid.ResponseBodyError)
    return failed(`the login authority refused it: ${cause.error}`, cause);
  return failed("what came back from the login authority does not belong to this sign-in", cause);
}

function failed(why: string, cause?: unknown): NolapseError {
  return new NolapseError("not-signed-in", why, { cause, next: "begin again: /auth/sign-in" });
}

/**
 * A place on this server to go to after the sign-in, whatever was asked for: a path of our own, else the first page.
 */
export function safePath(to: string | undefined, origin: string): string {
  // browsers take a backslash for a slash, and drop tabs and line ends
  if (to === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(to)) return "/";
  if (!URL.canParse(to, origin)) return "/";
  const url = new URL(to, origin);
  if (url.origin !== new URL(origin).origin) return "/";
  const path = url.pathname + url.search;
  return path.startsWith("//") ? "/" : path;
}
