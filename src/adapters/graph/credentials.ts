/**
 * Nolapse's own token for Graph. `@azure/identity` signs in (but for the plain source); the token is kept here, by DOMAIN
 * time, because MSAL's cache goes by the machine's clock and would go on handing out a token that a moved directory clock
 * has made useless. Every renewal therefore starts from a new credential object (design §3, "Two clocks").
 */
import type { TokenCredential } from "@azure/identity";
import { NolapseError } from "../../core/errors.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type DurationMs, type EpochMs, MINUTE, SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { parseObject, textAt } from "./json.ts";
import { loginAnswer, type SignInAttempt, signInRefused } from "./login.ts";
import { loginObserver } from "./observe.ts";
import { lost } from "./refusals.ts";
import { scrub } from "./scrub.ts";
import { type Fetch, type Wire, WireFailure } from "./wire.ts";

/** Asked at each sign-in, so that a new value in the same place is taken without a restart. */
type ReadSecret = () => SecretValue | Promise<SecretValue>;

/**
 * How Nolapse signs in, values resolved. What a method does not carry comes from `@azure/identity`'s environment
 * variables. `plain` is one raw token request with a client secret, for the simulator: no clock, timer or cache but ours.
 */
export type Auth =
  | { readonly method: "default" }
  | { readonly method: "plain"; readonly clientId: string; readonly secret: SecretValue }
  | {
      readonly method: "secret";
      readonly clientId?: string;
      readonly secret?: SecretValue | ReadSecret;
    }
  | {
      readonly method: "certificate";
      readonly clientId?: string;
      /** PEM with the private key. */
      readonly certificatePath?: string;
      readonly password?: SecretValue | ReadSecret;
    }
  | { readonly method: "workload-identity"; readonly clientId?: string; readonly tokenFile?: string }
  | { readonly method: "managed-identity"; readonly clientId?: string }
  | { readonly method: "cli" };

export interface CredentialsOptions {
  readonly auth: Auth;
  readonly tenantId: string;
  /** Origin of the login authority. */
  readonly authority: string;
  /** Origin of Graph; the token is for `<graph>/.default`. */
  readonly graph: string;
  readonly clock: Clock;
  /** Milliseconds of process time for one request to the login authority. */
  readonly timeout: number;
  readonly fetch?: Fetch | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface Acquired {
  readonly token: string;
  readonly lifetime: DurationMs;
}

export interface TokenSource {
  /** The client id that signs in, where it is known: for messages. */
  readonly clientId: string | null;
  /** It signs in as a managed identity. */
  readonly managed?: boolean;
  /** A token that is good by domain time. @throws NolapseError `sign-in-failed` and its neighbours. */
  token(signal?: AbortSignal): Promise<string>;
  /** Forgets the token and the credential object behind it, because the directory refused it. */
  discard(): void;
  /** A right was missing: a token that is not quite new is not used again, as what was granted since is not in it. */
  doubt?(): void;
}

/** A token is renewed this long before it ends. */
const MARGIN: DurationMs = 5 * MINUTE;
/** A token in doubt is kept this long, so that an application without a right does not sign in for every request. */
const NEW_ENOUGH: DurationMs = 5 * MINUTE;

/** Keeps what `acquire` gives for as long as domain time allows; callers in between share one sign-in. */
export function keep(clock: Clock, clientId: string | null, acquire: () => Promise<Acquired>): TokenSource {
  let held: { readonly token: string; readonly from: EpochMs; readonly until: number } | null = null;
  let renewal: Promise<string> | null = null;
  let generation = 0;
  let doubted = false;
  const renew = async (now: EpochMs, born: number): Promise<string> => {
    try {
      const { token, lifetime } = await acquire();
      if (born === generation) held = { token, from: now, until: now + lifetime - MARGIN };
      return token;
    } catch (thrown) {
      // what is only in doubt is good for everything else, and asking again for each request would help nobody
      if (held === null || born !== generation) throw thrown;
      held = { ...held, from: now };
      return held.token;
    } finally {
      doubted = false;
    }
  };
  return {
    clientId,
    async token(signal) {
      const now = await clock.now(signal);
      // A clock that went back behind the token's birth makes it one "not yet valid".
      if (held !== null && (now < held.from || held.until <= now)) held = null;
      if (held !== null && !(doubted && held.from + NEW_ENOUGH <= now)) return held.token;
      renewal ??= renew(now, generation).finally(() => {
        renewal = null;
      });
      return renewal;
    },
    discard() {
      generation += 1;
      held = null;
      renewal = null;
    },
    doubt() {
      doubted = true;
    },
  };
}

/** One client_credentials request with a secret, on the given wire. */
export function plainTokens(
  options: Omit<CredentialsOptions, "auth" | "fetch" | "env" | "timeout">,
  client: { readonly clientId: string; readonly secret: SecretValue },
  wire: Wire,
): TokenSource {
  const attempt: SignInAttempt = { ...options, clientId: client.clientId };
  const acquire = async (): Promise<Acquired> => {
    const answer = await wire
      .send({
        method: "POST",
        url: `${options.authority}/${encodeURIComponent(options.tenantId)}/oauth2/v2.0/token`,
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: client.secret.reveal(),
          scope: `${options.graph}/.default`,
        }).toString(),
      })
      .catch((thrown: unknown) => {
        throw thrown instanceof WireFailure ? lost(thrown, "signing in") : thrown;
      });
    const body = answer.status === 200 ? parseObject(answer.body) : null;
    const token = textAt(body, "access_token");
    const seconds = Number(body?.expires_in);
    if (token === null || !(seconds > 0)) throw signInRefused(loginAnswer(answer), attempt);
    return { token, lifetime: seconds * SECOND };
  };
  return keep(options.clock, client.clientId, acquire);
}

/** Authorities MSAL knows by itself; it would ask Microsoft's about any other, which may be unreachable or offline. */
const MICROSOFT_HOSTS = new Set([
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
  "login.chinacloudapi.cn",
  "login.windows.net",
  "login.microsoft.com",
  "sts.windows.net",
]);

type Env = Readonly<Record<string, string | undefined>>;

function missing(method: string, ...names: string[]): NolapseError {
  return new NolapseError("credentials-missing", `auth method ${method} lacks a value for ${names.join(" and ")}`, {
    next: `set ${names.join(" and ")}, or write the reference into the configuration`,
  });
}

/**
 * The method that will be used: `default` is settled here where the environment names a client, so that a refused secret
 * is reported as such and the chain does not wander on to managed identities and command lines.
 */
function settle(auth: Auth, env: Env): Auth {
  if (auth.method !== "default" || env.AZURE_CLIENT_ID === undefined) return auth;
  if (env.AZURE_CLIENT_SECRET !== undefined) return { method: "secret" };
  if (env.AZURE_CLIENT_CERTIFICATE_PATH !== undefined) return { method: "certificate" };
  return env.AZURE_FEDERATED_TOKEN_FILE === undefined ? auth : { method: "workload-identity" };
}

function clientIdOf(auth: Auth, env: Env): string | null {
  const own = "clientId" in auth ? auth.clientId : undefined;
  return own ?? (auth.method === "cli" ? null : (env.AZURE_CLIENT_ID ?? null));
}

async function revealed(given: SecretValue | ReadSecret | undefined): Promise<string | undefined> {
  return (typeof given === "function" ? await given() : given)?.reveal();
}

type IdentityOptions = Record<string, unknown> & { readonly authorityHost: string };

/** A credential object of `@azure/identity`, new each time it is called. */
async function credentialFor(
  auth: Auth,
  tenantId: string,
  env: Env,
  options: IdentityOptions,
): Promise<TokenCredential> {
  const identity = await import("@azure/identity");
  const clientId = clientIdOf(auth, env) ?? undefined;
  switch (auth.method) {
    case "secret":
    case "plain": {
      const secret = (await revealed(auth.secret)) ?? env.AZURE_CLIENT_SECRET;
      if (clientId === undefined || !secret) throw missing("secret", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET");
      return new identity.ClientSecretCredential(tenantId, clientId, secret, options);
    }
    case "certificate": {
      const certificatePath = auth.certificatePath ?? env.AZURE_CLIENT_CERTIFICATE_PATH;
      if (clientId === undefined || !certificatePath) {
        throw missing("certificate", "AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH");
      }
      const certificatePassword = (await revealed(auth.password)) ?? env.AZURE_CLIENT_CERTIFICATE_PASSWORD;
      const certificate = { certificatePath, ...(certificatePassword === undefined ? {} : { certificatePassword }) };
      return new identity.ClientCertificateCredential(tenantId, clientId, certificate, options);
    }
    case "workload-identity": {
      const tokenFilePath = auth.tokenFile ?? env.AZURE_FEDERATED_TOKEN_FILE;
      if (clientId === undefined || !tokenFilePath) {
        throw missing("workload-identity", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE");
      }
      return new identity.WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
    }
    case "managed-identity":
      return new identity.ManagedIdentityCredential({ ...options, ...(clientId === undefined ? {} : { clientId }) });
    case "cli":
      return new identity.AzureCliCredential({ tenantId });
    case "default":
      return new identity.DefaultAzureCredential({ ...options, tenantId });
  }
}

/** The token source for an auth method, through `@azure/identity` (loaded when the first token is needed). */
export function identityTokens(options: CredentialsOptions): TokenSource {
  const env = options.env ?? process.env;
  const auth = settle(options.auth, env);
  const clientId = clientIdOf(auth, env);
  const attempt: SignInAttempt = { tenantId: options.tenantId, authority: options.authority, clientId };
  const acquire = async (): Promise<Acquired> => {
    const observer = loginObserver(options);
    const settings: IdentityOptions = {
      authorityHost: options.authority,
      disableInstanceDiscovery: !MICROSOFT_HOSTS.has(new URL(options.authority).hostname),
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      httpClient: observer.client,
    };
    let fault: unknown = null;
    const granted = await credentialFor(auth, options.tenantId, env, settings)
      .then((credential) => credential.getToken(`${options.graph}/.default`))
      .catch((thrown: unknown) => {
        if (thrown instanceof NolapseError) throw thrown;
        fault = thrown;
        return null;
      });
    if (granted === null) throw observer.explain(attempt) ?? noWay(auth, clientId, fault);
    // what is left of it by the machine's clock is what domain time may use
    // biome-ignore lint/plugin: MSAL reckons the end by the machine's clock
    return { token: granted.token, lifetime: granted.expiresOnTimestamp - Date.now() };
  };
  return { ...keep(options.clock, clientId, acquire), managed: auth.method === "managed-identity" };
}

/** Nolapse's own tokens for other resources than Graph, as the vendor's SDKs ask for them. */
export interface ResourceCredential extends TokenCredential {
  readonly clientId: string | null;
  /** Forgets the tokens, because a service refused one. */
  discard(): void;
}

/**
 * A credential for the vendor's SDKs whose tokens are kept here, by domain time, one for each resource that is asked for. To the
 * SDK each is over at once, so that it asks every time and keeps none by the machine's clock.
 */
export function resourceCredential(options: Omit<CredentialsOptions, "graph">): ResourceCredential {
  const sources = new Map<string, TokenSource>();
  const sourceOf = (resource: string): TokenSource => {
    const known = sources.get(resource) ?? identityTokens({ ...options, graph: resource });
    sources.set(resource, known);
    return known;
  };
  return {
    clientId: clientIdOf(options.auth, options.env ?? process.env),
    async getToken(scopes, { abortSignal } = {}) {
      const [scope = ""] = [scopes].flat();
      const resource = scope.replace(/\/\.default$/, "");
      const signal = abortSignal as globalThis.AbortSignal | undefined;
      return { token: await sourceOf(resource).token(signal), expiresOnTimestamp: 0 };
    },
    discard() {
      for (const source of sources.values()) source.discard();
    },
  };
}

/** Nothing was asked of the login authority, or it did not refuse: there is no credential here to sign in with. */
function noWay(auth: Auth, clientId: string | null, fault: unknown): NolapseError {
  // The library's own error is not kept: it can hold answers and assertions. Its first words are.
  const cause = fault instanceof Error ? new Error(scrub(fault.message)) : undefined;
  const status = auth.method === "managed-identity" ? statusIn(fault) : null;
  if (status !== null && isPassing(status)) {
    const why = `this machine's identity service gave no token (status ${status})`;
    return new NolapseError("directory-failed", `signing in failed: ${why}`, {
      next: "wait; nolapse tries again by itself",
      cause,
    });
  }
  const { why, next } =
    auth.method === "managed-identity" ? noIdentity(clientId, status) : (NO_WAY[auth.method] ?? nothingAtAll(auth));
  return new NolapseError("credentials-missing", `signing in failed: ${why}`, { next, cause });
}

/**
 * The status by which a machine's identity service refused, null where it did not answer. The library says it of the error it
 * wraps; no client of ours sees all answers, as MSAL sends those requests through the first that the process has made.
 */
function statusIn(fault: unknown): number | null {
  const cause: unknown = fault instanceof Error ? fault.cause : null;
  return cause instanceof Error && "status" in cause && typeof cause.status === "number" ? cause.status : null;
}

/**
 * What mends itself: 404 and 410 while the service is being updated, 429, and any fault of its own
 * (learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token, Retry guidance).
 */
function isPassing(status: number): boolean {
  return [404, 410, 429].includes(status) || status >= 500;
}

interface Lack {
  readonly why: string;
  readonly next: string;
}

function noIdentity(clientId: string | null, status: number | null): Lack {
  const next = "assign one to it, or choose another auth method";
  if (status === null) return { why: "this machine offers no managed identity", next };
  if (clientId === null) return { why: `this machine has no managed identity (status ${status})`, next };
  return {
    why: `this machine has no managed identity ${clientId} (status ${status})`,
    next: "assign it to this machine, or correct clientId: it is the identity's client id",
  };
}

function nothingAtAll({ method }: Auth): Lack {
  return {
    why: `auth method ${method} found nothing to sign in with`,
    next: "set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or AZURE_CLIENT_CERTIFICATE_PATH, or run az login",
  };
}

const NO_WAY: Partial<Record<Auth["method"], Lack>> = {
  cli: { why: "the Azure CLI is not installed or not signed in", next: "az login" },
};
