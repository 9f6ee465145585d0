import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import type { TenantRecord } from "../state/state.ts";
import { type AadError, aadBody, aadsts } from "./aadsts.ts";

/** An error answer of the login authority; the correlation id is the caller's, where he sent one. */
export function aadFailure(
  services: Services,
  request: Request,
  failure: AadError,
  ids?: { readonly requestId: string; readonly correlationId: string },
): Response {
  const correlationId = ids?.correlationId ?? request.headers["client-request-id"] ?? services.noise.guid();
  const traceId = ids?.requestId ?? services.noise.guid();
  const headers: Record<string, string | string[]> = { ...authorityHeaders(services, traceId) };
  if (request.headers["client-request-id"] !== undefined) headers["client-request-id"] = correlationId;
  if (failure.status === 429) headers["Retry-After"] = "1";
  return json(failure.status, aadBody(failure, services.clock.now(), traceId, correlationId), headers);
}

/** The headers of every token answer (reference token-endpoint §2.1). */
export function authorityHeaders(
  services: Services,
  requestId = services.noise.guid(),
): Record<string, string | string[]> {
  return {
    "Cache-Control": "no-store, no-cache",
    Pragma: "no-cache",
    Expires: "-1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    P3P: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    "x-ms-request-id": requestId,
    "x-ms-ests-server": "2.1.0 - NOLAPSE ProdSlices",
    "Set-Cookie": [
      "x-ms-gateway-slice=estsfd; path=/; secure; httponly",
      "stsservicecookie=estsfd; path=/; secure; httponly",
    ],
  };
}

/** Names that stand for no tenant. `adfs` is what makes MSAL skip instance discovery (reference clients §4.0, entrance B). */
const WELL_KNOWN = new Set(["common", "organizations", "consumers", "adfs"]);
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The tenant a path names, or undefined for `common` and its like; throws 90002 or 900023. */
export function resolveTenant(
  services: Services,
  tenant: string,
  error: "invalid_request" | "invalid_tenant",
): TenantRecord | undefined {
  const name = tenant.toLowerCase();
  if (WELL_KNOWN.has(name)) return undefined;
  const found =
    services.store.tenants.get(name) ??
    [...services.store.tenants.values()].find(({ domains }) =>
      domains.some((domain) => domain.name.toLowerCase() === name),
    );
  if (found !== undefined) return found;
  if (GUID.test(name) || name.includes(".")) throw aadsts.tenantNotFound(tenant, error);
  throw aadsts.tenantMalformed(tenant, error);
}
