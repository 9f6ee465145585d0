/** Access tokens this directory issued, read back from a request. */
import { compactVerify, decodeProtectedHeader } from "jose";
import { stampOf } from "./jws.ts";
import type { TokenSigner } from "./keys.ts";
import type { Request } from "./message.ts";
import type { Services } from "./services.ts";

export type BearerFault = "empty" | "malformed" | "signature";

/** Tokens already verified: signature checking costs more than the rest of a read. Only what this process signed can be in it. */
const verified = new WeakMap<TokenSigner, Map<string, Record<string, unknown>>>();

/** The claims of the bearer token, signature checked, times not; or what is wrong with it. */
export async function readBearer(
  services: Services,
  request: Request,
): Promise<{ claims: Record<string, unknown> } | { fault: BearerFault }> {
  const token = /^bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1]?.trim() ?? "";
  if (token === "") return { fault: "empty" };
  const signers = services.signers();
  for (const signer of signers) {
    const cached = verified.get(signer)?.get(token);
    if (cached !== undefined) return { claims: cached };
  }
  if (token.split(".").length !== 3) return { fault: "malformed" };
  try {
    const { kid } = decodeProtectedHeader(token);
    const signer = signers.find((one) => one.kid === kid) ?? services.signer;
    const known = verified.get(signer) ?? new Map<string, Record<string, unknown>>();
    verified.set(signer, known);
    const claims = await claimsOf(signer, token);
    if (known.size > 1000) known.clear();
    known.set(token, claims);
    return { claims };
  } catch {
    return { fault: "signature" };
  }
}

/** What a token says, once it is proven to be ours. @throws when it is not. */
async function claimsOf({ stamp, verifyKey }: TokenSigner, token: string): Promise<Record<string, unknown>> {
  if (stamp === undefined) {
    const { payload } = await compactVerify(token, verifyKey, { algorithms: ["RS256"] });
    return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  }
  const end = token.lastIndexOf(".");
  const text = token.slice(0, end);
  if (stampOf(text, stamp) !== token.slice(end + 1)) throw new Error("it is not stamped by this directory");
  return JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
}

/** Whether the directory's clock is within the token's time, with the five minutes of skew everybody allows. */
export function isCurrent(services: Services, claims: Record<string, unknown>): boolean {
  const now = services.clock.now() / 1000;
  return Number(claims.exp) > now && Number(claims.nbf) <= now + 300;
}
