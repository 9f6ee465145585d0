/** The login authority that people and programs sign in at: its metadata, its keys, and whose tokens are taken. */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { NolapseError } from "../core/errors.ts";
import type { SecretValue } from "../core/secret-value.ts";

/** How the server is registered in the tenant whose people and programs use it. */
export interface SignInSettings {
  readonly tenantId: string;
  /** Origin of the login authority. */
  readonly authority: string;
  readonly clientId: string;
  /** Read at each sign-in, so that a renewed one is taken. */
  readonly secret: () => Promise<SecretValue>;
  /** The scope by which people lend their own rights to register applications and make secrets. */
  readonly ownRights: string;
  /** Audiences of access tokens beside the client id and `api://` with it. */
  readonly audiences: readonly string[];
  /** The way to the login authority, which may lead through a proxy. */
  readonly fetch: typeof fetch;
}

const metadataSchema = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  end_session_endpoint: z.url().optional(),
});

export type Metadata = z.infer<typeof metadataSchema>;

export interface Authority {
  readonly metadata: Metadata;
  readonly keys: JWTVerifyGetKey;
  /** Issuers of access tokens: v2.0's, and v1.0's for registrations that ask for those. */
  readonly issuers: readonly string[];
}

/** Hosts that say what they are in the issuer, whatever the address they were asked at (learn.microsoft.com/entra/identity-platform/authentication-national-cloud). */
const ISSUER_HOSTS = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];
const V1_HOSTS = ["sts.windows.net", "sts.microsoftonline.us", "sts.chinacloudapi.cn"];

/** Asked once, and again after a failure. */
export function createAuthority(settings: SignInSettings): () => Promise<Authority> {
  let known: Promise<Authority> | null = null;
  return () => {
    known ??= discover(settings).catch((thrown: unknown) => {
      known = null;
      throw thrown;
    });
    return known;
  };
}

/** Asks the login authority. @throws NolapseError `directory-unreachable` where no answer comes back. */
export function asking({ authority, fetch }: Pick<SignInSettings, "authority" | "fetch">): typeof fetch {
  return (input, init) =>
    fetch(input, init).catch((cause: unknown) => {
      throw new NolapseError("directory-unreachable", `the login authority ${authority} does not answer`, {
        cause,
        next: "nolapse doctor",
      });
    });
}

/** @throws NolapseError `directory-unreachable`, `tenant-not-found`, `directory-failed`. */
async function discover(settings: SignInSettings): Promise<Authority> {
  const { authority, tenantId } = settings;
  const ask = asking(settings);
  const url = `${authority}/${tenantId}/v2.0/.well-known/openid-configuration`;
  const response = await ask(url, { redirect: "error", signal: AbortSignal.timeout(30_000) });
  if (response.status === 400 || response.status === 404) {
    throw new NolapseError("tenant-not-found", `the login authority does not know the tenant ${tenantId}`, {
      next: "correct the tenant's id in the configuration",
    });
  }
  const read = metadataSchema.safeParse(await response.json().catch(() => null));
  if (!read.success || response.status !== 200) {
    throw new NolapseError("directory-failed", "the login authority's OpenID metadata cannot be read", {
      next: `look at ${url}`,
    });
  }
  const metadata = read.data;
  const ours = [new URL(authority).host, ...ISSUER_HOSTS].map((host) => `https://${host}/${tenantId}/v2.0`);
  if (!ours.includes(metadata.issuer)) {
    throw new NolapseError(
      "directory-failed",
      `the login authority's metadata is of another issuer: ${metadata.issuer}`,
      {
        next: "correct the tenant's cloud in the configuration",
      },
    );
  }
  return {
    metadata,
    keys: createRemoteJWKSet(new URL(metadata.jwks_uri), { cooldownDuration: 10_000, [customFetch]: ask }),
    issuers: [metadata.issuer, ...V1_HOSTS.map((host) => `https://${host}/${tenantId}/`)],
  };
}
