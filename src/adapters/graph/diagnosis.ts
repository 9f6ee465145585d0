/** Looks at our own way to the directory: both servers without a token, then the token itself. */
import { decodeJwt } from "jose/jwt/decode";
import { asNolapseError } from "../../core/errors.ts";
import { epochMs } from "../../core/time.ts";
import type { Diagnosis, OwnIdentity, Reached } from "../../ports/diagnosis.ts";
import type { TokenSource } from "./credentials.ts";
import { unreadable } from "./map.ts";
import { lost } from "./refusals.ts";
import { type Wire, WireFailure } from "./wire.ts";

export interface DiagnosisOptions {
  readonly wire: Wire;
  readonly tokens: TokenSource;
  /** Of the second identity, for writes alone; none where there is one. */
  readonly writer?: TokenSource | null | undefined;
  readonly tenantId: string;
  /** Origins. */
  readonly authority: string;
  readonly graph: string;
  readonly version: string;
}

export function createDiagnosis({
  wire,
  tokens,
  writer,
  tenantId,
  authority,
  graph,
  version,
}: DiagnosisOptions): Diagnosis {
  const ask = async (url: string, signal?: AbortSignal): Promise<Reached> => {
    const { host } = new URL(url);
    try {
      const answer = await wire.send({ method: "GET", url, headers: { Accept: "application/json" } }, signal);
      const at = Date.parse(answer.header("date") ?? "");
      return { host, error: null, serviceTime: Number.isNaN(at) ? null : epochMs(at) };
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = thrown instanceof WireFailure ? lost(thrown, `asking ${host}`) : asNolapseError(thrown);
      return { host, error, serviceTime: null };
    }
  };
  return {
    userAgents: [`nolapse/${version}`, `nolapse-verifier/${version}`],
    async reach(signal) {
      const discovery = `${authority}/${encodeURIComponent(tenantId)}/v2.0/.well-known/openid-configuration`;
      // any answer will do, a refusal for want of a token included
      return { authority: await ask(discovery, signal), graph: await ask(`${graph}/v1.0/applications?$top=1`, signal) };
    },
    async quotaUsed(signal) {
      const headers = { Accept: "application/json", Authorization: `Bearer ${await tokens.token(signal)}` };
      const url = `${graph}/v1.0/applications?$top=1&$select=id`;
      try {
        // whatever the answer is, it says what is used (learn.microsoft.com/graph/throttling)
        const answer = await wire.send({ method: "GET", url, headers }, signal);
        const used = Number.parseFloat(answer.header("x-ms-throttle-limit-percentage") ?? "");
        return Number.isNaN(used) ? null : used;
      } catch (thrown) {
        signal?.throwIfAborted();
        throw thrown instanceof WireFailure ? lost(thrown, "measuring Graph's limits") : thrown;
      }
    },
    whoAmI: (signal) => identityOf(tokens, signal),
    ...(writer == null ? {} : { whoWrites: (signal?: AbortSignal) => identityOf(writer, signal) }),
  };
}

async function identityOf(tokens: TokenSource, signal?: AbortSignal): Promise<OwnIdentity> {
  const claims = claimsOf(await tokens.token(signal));
  const client = claims.appid ?? claims.azp;
  const roles = Array.isArray(claims.roles) ? claims.roles : [];
  return {
    clientId: typeof client === "string" ? client : tokens.clientId,
    tenantId: typeof claims.tid === "string" ? claims.tid : null,
    // the resource behind the identity; a federated sign-in can be as one, too. Microsoft calls the claim internal, and its own resources get it
    managed: tokens.managed === true || typeof claims.xms_mirid === "string",
    permissions: roles.filter((one: unknown): one is string => typeof one === "string").toSorted(),
  };
}

/** @throws NolapseError `directory-failed` for a token that is no JWT. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return decodeJwt(token);
  } catch {
    // the cause would quote the token
    throw unreadable("our own token is no JWT");
  }
}
