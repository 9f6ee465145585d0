/**
 * Every code of the tables of reference token-endpoint §5.1: where this directory answers it, or why it never does.
 * docs/directory-coverage.md prints it; test/directory/authority-codes.test.ts provokes every one that is answered.
 */
export type CodeCoverage =
  | { readonly code: number; readonly status: number; readonly error: string; readonly where: string }
  | { readonly code: number; readonly never: string };

const answered = (code: number, status: number, error: string, where: string): CodeCoverage => ({
  code,
  status,
  error,
  where,
});
const never = (code: number, why: string): CodeCoverage => ({ code, never: why });

const PERSON = "client_credentials never meets it; flows with a person do";

export const authorityCodes: readonly CodeCoverage[] = [
  answered(7000215, 401, "invalid_client", "a secret that is wrong, removed, not begun or not replicated yet"),
  answered(7000222, 401, "invalid_client", "a secret that has expired; by a fault plan also a fresh one"),
  answered(7000216, 401, "invalid_client", "client_credentials without secret or assertion"),
  answered(7000218, 401, "invalid_client", "another grant of a confidential client without either"),
  answered(7000229, 401, "invalid_client", "an application without service principal in the tenant"),
  answered(7000112, 400, "unauthorized_client", "a disabled service principal or application"),
  answered(700016, 400, "unauthorized_client", "an unknown or deleted application"),
  answered(700025, 401, "invalid_client", "another grant of a public client with a secret or an assertion"),
  answered(90002, 400, "invalid_request", "a tenant that is not here; `invalid_tenant` from the configuration"),
  answered(900023, 400, "invalid_request", "a tenant that is neither a GUID nor a domain name"),
  answered(50059, 400, "invalid_request", "client_credentials at `common` and its like"),
  answered(53003, 400, "invalid_grant", "the fault `conditional-access`, by location where it says so"),
  answered(70011, 400, "invalid_scope", "a scope with characters no scope has"),
  answered(1002012, 400, "invalid_scope", "a scope without `/.default`"),
  answered(700022, 400, "invalid_scope", "scopes of several resources"),
  answered(500011, 400, "invalid_resource", "a resource without service principal in the tenant"),
  answered(501051, 400, "invalid_grant", "a resource that requires an assignment the client has not"),
  never(650057, `${PERSON}: its permissions are what was granted, not what was requested`),
  never(65001, PERSON),
  answered(70003, 400, "unsupported_grant_type", "a grant type Entra does not know"),
  answered(90014, 400, "invalid_request", "v2.0 without `scope`"),
  answered(900144, 400, "invalid_request", "no `grant_type`, `client_id`, `client_assertion_type`, or v1.0 `resource`"),
  answered(9002313, 400, "invalid_request", "a parameter that is there twice"),
  answered(900561, 405, "invalid_request", "another method than POST"),
  answered(50196, 400, "invalid_grant", "the fault `loop`"),
  answered(90055, 429, "temporarily_unavailable", "the fault `throttle`"),
  answered(50049, 400, "invalid_instance", "instance discovery for an unknown authority"),
  never(50105, PERSON),
  answered(50194, 400, "invalid_request", "another grant of a single-tenant application at `common`"),
  answered(
    700027,
    401,
    "invalid_client",
    "a certificate that is not there, has expired, or did not sign: as its reason says",
  ),
  answered(700024, 401, "invalid_client", "an assertion outside its time"),
  answered(700021, 401, "invalid_client", "an assertion whose `iss` or `sub` is not the client"),
  answered(700023, 401, "invalid_client", "an assertion made out to another audience"),
  answered(700030, 401, "invalid_client", "a certificate that is not registered, sent along as `x5c`"),
  never(50012, "the older, general wording of what 700027 says today"),
  answered(50027, 400, "invalid_request", "an assertion that is malformed or of another type"),
  answered(5002723, 401, "invalid_client", "an assertion that names no key"),
  answered(5002738, 401, "invalid_client", "an assertion signed by another algorithm than RS256 and PS256"),
  never(70021, "the older umbrella over 700211, 700212 and 700213, which say more"),
  answered(700211, 401, "invalid_client", "no federated credential of this issuer"),
  answered(700212, 401, "invalid_client", "none of this audience"),
  answered(700213, 401, "invalid_client", "none of this subject"),
  answered(7002137, 401, "invalid_client", "an issuer that differs in case alone"),
  answered(7002138, 401, "invalid_client", "a subject that differs in case alone"),
  answered(700222, 400, "invalid_request", "a token of Entra's own that is not a managed identity's"),
  answered(700229, 401, "invalid_client", "a person's token of Entra's own"),
  answered(50166, 400, "invalid_request", "an issuer whose documents cannot be had"),
  never(90061, "another number for what 50166 says"),
  never(501661, "another number for what 50166 says"),
  answered(700038, 400, "unauthorized_client", "the client id of zeros (not in the tables: captured, §8)"),
  answered(50013, 401, "invalid_client", "another issuer's token with a wrong signature (not in the tables)"),
];
