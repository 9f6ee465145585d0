/** One failure of the login authority: reference token-endpoint §5. */
export class AadError extends Error {
  readonly status: number;
  /** The OAuth `error` value. */
  readonly error: string;
  /** The AADSTS number; 0 for what this directory does not emulate. */
  readonly code: number;
  readonly hasPage: boolean;

  constructor(code: number, status: number, error: string, message: string, hasPage = false) {
    super(message);
    this.code = code;
    this.status = status;
    this.error = error;
    this.hasPage = hasPage;
  }
}

const NOT_FOUND_HINT =
  "This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.";

/**
 * The failures by name, with number, HTTP status, `error` and text as recorded; where the reference names two statuses for one code,
 * the one its `error` family uses is taken. The last argument says whether `error_uri` is sent (only for codes the lookup page knows).
 */
export const aadsts = {
  invalidSecret: (appId: string) =>
    new AadError(
      7000215,
      401,
      "invalid_client",
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
      true,
    ),
  expiredSecret: (appId: string) =>
    new AadError(
      7000222,
      401,
      "invalid_client",
      `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
      true,
    ),
  missingCredential: () =>
    new AadError(
      7000216,
      401,
      "invalid_client",
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      true,
    ),
  /** Of every grant but client_credentials. */
  missingClientSecret: () =>
    new AadError(
      7000218,
      401,
      "invalid_client",
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      true,
    ),
  publicClient: () =>
    new AadError(
      700025,
      401,
      "invalid_client",
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
      true,
    ),
  notMultiTenant: (appId: string, name: string) =>
    new AadError(
      50194,
      400,
      "invalid_request",
      `Application '${appId}'(${name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
      true,
    ),
  missingField: (name: string) =>
    new AadError(
      90014,
      400,
      "invalid_request",
      `The required field '${name}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.`,
      true,
    ),
  missingServicePrincipal: (appId: string, tenant: string) =>
    new AadError(
      7000229,
      401,
      "invalid_client",
      `The client application ${appId} is missing service principal in the tenant ${tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
      true,
    ),
  applicationDisabled: (appId: string, name: string) =>
    new AadError(7000112, 400, "unauthorized_client", `Application '${appId}'(${name}) is disabled.`, true),
  applicationNotFound: (appId: string, directory: string) =>
    new AadError(
      700016,
      400,
      "unauthorized_client",
      `Application with identifier '${appId}' was not found in the directory '${directory}'. ${NOT_FOUND_HINT} You may have sent your authentication request to the wrong tenant.`,
      true,
    ),
  zeroClientId: (appId: string) =>
    new AadError(700038, 400, "unauthorized_client", `${appId} is not a valid application identifier.`),
  tenantNotFound: (tenant: string, error: "invalid_request" | "invalid_tenant") =>
    new AadError(
      90002,
      400,
      error,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
      true,
    ),
  tenantMalformed: (tenant: string, error: "invalid_request" | "invalid_tenant") =>
    new AadError(
      900023,
      400,
      error,
      `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
      true,
    ),
  noTenant: () =>
    new AadError(
      50059,
      400,
      "invalid_request",
      "No tenant-identifying information found in either the request or implied by any provided credentials.",
      true,
    ),
  assertionType: (type: string) =>
    new AadError(
      50027,
      400,
      "invalid_request",
      `JWT token is invalid or malformed. The client assertion type '${type}' is not supported.`,
      true,
    ),
  malformedAssertion: () => new AadError(50027, 400, "invalid_request", "JWT token is invalid or malformed.", true),
  /** Wording as recorded for ES256, ES384 and HS256; the list in it differs between the records. */
  assertionAlgorithm: (algorithm: string, supported: string) =>
    new AadError(
      5002738,
      401,
      "invalid_client",
      `Invalid JWT token. '${algorithm}' is not a supported signature algorithm. Supported signing algorithms are: '${supported}'`,
    ),
  assertionWithoutKey: () =>
    new AadError(
      5002723,
      401,
      "invalid_client",
      "Client assertion header names no key: neither a certificate thumbprint nor a key id.",
    ),
  assertionOfAnother: (appId: string) =>
    new AadError(
      700021,
      401,
      "invalid_client",
      `Client assertion application identifier doesn't match 'client_id' parameter '${appId}'.`,
      true,
    ),
  assertionAudience: () =>
    new AadError(700023, 401, "invalid_client", "Client assertion audience claim does not match Realm issuer.", true),
  /** A certificate nobody registered, sent along as a chain: subject name and issuer are authorised for Microsoft's own only. */
  certificateNotAuthorised: (subject: string) =>
    new AadError(
      700030,
      401,
      "invalid_client",
      `Invalid certificate - subject name in certificate is not authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: '${subject}'.`,
      true,
    ),
  assertionTime: (now: number, from: number | undefined, to: number | undefined) =>
    new AadError(
      700024,
      401,
      "invalid_client",
      `Client assertion is not within its valid time range. Current time: ${zoned(now)}, assertion valid from ${zoned(from)}, expiry time of assertion ${zoned(to)}.`,
      true,
    ),
  keyNotFound: (appId: string, thumbprint: string) =>
    keyFailure(appId, `The key was not found., Thumbprint of key used by client: '${thumbprint}'`),
  keyExpired: (appId: string, thumbprint: string, from: number, to: number) =>
    keyFailure(
      appId,
      `The key used is expired., Thumbprint of key used by client: '${thumbprint}', Found key 'Start=${american(from)}, End=${american(to)}'`,
    ),
  keySignature: (appId: string, thumbprint: string) =>
    keyFailure(
      appId,
      `Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '${thumbprint}'`,
    ),
  federatedIssuer: (issuer: string) => noFederatedMatch(700211, `assertion issuer '${issuer}'`),
  federatedAudience: (audience: string) => noFederatedMatch(700212, `assertion audience '${audience}'`),
  federatedSubject: (subject: string) => noFederatedMatch(700213, `assertion subject '${subject}'`),
  /** Which of the two newer numbers is the issuer's and which the subject's is not on record. */
  federatedIssuerCase: (issuer: string) =>
    noFederatedMatch(7002137, `assertion issuer '${issuer}'. The issuer ${ONLY_WITHOUT_CASE}`),
  federatedSubjectCase: (subject: string) =>
    noFederatedMatch(7002138, `assertion subject '${subject}'. The subject ${ONLY_WITHOUT_CASE}`),
  federatedFromEntra: () =>
    new AadError(
      700222,
      400,
      "invalid_request",
      "AAD-issued tokens may not be used for federated identity flows.",
      true,
    ),
  federatedFromPerson: () =>
    new AadError(
      700229,
      401,
      "invalid_client",
      "Only application tokens of this issuer may be used as a federated identity credential.",
      true,
    ),
  federatedIssuerUnreachable: () =>
    new AadError(50166, 400, "invalid_request", "Request to External OIDC endpoint failed.", true),
  /** The code for a token of another provider whose signature is wrong: from general knowledge, not on record. */
  federatedSignature: () => new AadError(50013, 401, "invalid_client", "Assertion failed signature validation.", true),
  conditionalAccess: () =>
    new AadError(
      53003,
      400,
      "invalid_grant",
      "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
      true,
    ),
  invalidScope: (scope: string) =>
    new AadError(
      70011,
      400,
      "invalid_scope",
      `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
      true,
    ),
  scopeWithoutDefault: (scope: string) =>
    new AadError(
      1002012,
      400,
      "invalid_scope",
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    ),
  severalResources: (scope: string) =>
    new AadError(
      700022,
      400,
      "invalid_scope",
      `The provided value for the input parameter 'scope' is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
    ),
  resourceNotFound: (resource: string, directory: string) =>
    new AadError(
      500011,
      400,
      "invalid_resource",
      `The resource principal named ${resource} was not found in the tenant named ${directory}. ${NOT_FOUND_HINT} You might have sent your authentication request to the wrong tenant.`,
      true,
    ),
  notAssigned: (appId: string, name: string, resourceId: string, resourceName: string) =>
    new AadError(
      501051,
      400,
      "invalid_grant",
      `Application '${appId}'(${name}) is not assigned to a role for the application '${resourceId}'(${resourceName}).`,
      true,
    ),
  unsupportedGrant: (grant: string) =>
    new AadError(70003, 400, "unsupported_grant_type", `The app requested an unsupported grant type '${grant}'.`),
  missingParameter: (name: string) =>
    new AadError(
      900144,
      400,
      "invalid_request",
      `The request body must contain the following parameter: '${name}'.`,
      true,
    ),
  onlyPost: (method: string) =>
    new AadError(
      900561,
      405,
      "invalid_request",
      `The endpoint only accepts POST requests. Received a ${method} request.`,
      true,
    ),
  malformed: () =>
    new AadError(9002313, 400, "invalid_request", "Invalid request. Request is malformed or invalid.", true),
  invalidInstance: () => new AadError(50049, 400, "invalid_instance", "Unknown or invalid instance."),
  loop: () =>
    new AadError(
      50196,
      400,
      "invalid_grant",
      "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.",
      true,
    ),
  throttled: () => new AadError(90055, 429, "temporarily_unavailable", "The tenant has received too many requests."),
  /** Our own answer for what the real authority does and this directory does not yet: docs/directory-coverage.md. */
  notEmulated: (what: string) =>
    new AadError(0, 501, "not_emulated", `Directory_NotEmulated: ${what} is not emulated by the Nolapse directory.`),
} as const;

const ONLY_WITHOUT_CASE = "matches with case-insensitive comparison, but not with case-sensitive comparison";

function noFederatedMatch(code: number, presented: string): AadError {
  const message = `No matching federated identity record found for presented ${presented}. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`;
  return new AadError(code, 401, "invalid_client", message, true);
}

function keyFailure(appId: string, reason: string): AadError {
  const advice = `Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${appId}'.`;
  return new AadError(
    700027,
    401,
    "invalid_client",
    `Client assertion contains an invalid signature. [Reason - ${reason}, ${advice}]`,
    true,
  );
}

/** `2026-01-31T12:00:00.0000000Z`, as the time range is printed. */
function zoned(ms: number | undefined): string {
  return ms === undefined ? "not given" : `${new Date(ms).toISOString().slice(0, -1)}0000Z`;
}

/** `01/31/2026 12:00:00`, as the found key's period is printed. */
function american(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 19)}`;
}

/** The body of an error answer (reference token-endpoint §5). */
export function aadBody(
  failure: AadError,
  now: number,
  traceId: string,
  correlationId: string,
): Record<string, unknown> {
  const timestamp = new Date(now)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
  const text = failure.code === 0 ? failure.message : `AADSTS${failure.code}: ${failure.message}`;
  return {
    error: failure.error,
    error_description: `${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: failure.code === 0 ? [] : [failure.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(failure.hasPage ? { error_uri: `https://login.microsoftonline.com/error?code=${failure.code}` } : {}),
  };
}
