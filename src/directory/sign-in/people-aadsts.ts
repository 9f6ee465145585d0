/**
 * Failures of signing in, consenting and redeeming what came of it: reference token-endpoint §5.1 and §7. Texts without a record in
 * the reference are from general knowledge; clients go by `error` and the number.
 */
import { AadError } from "./aadsts.ts";

const grant = (code: number, text: string) => new AadError(code, 400, "invalid_grant", text, true);
const request = (code: number, text: string) => new AadError(code, 400, "invalid_request", text, true);

/** From the token endpoint; the HTTP status stands in no record, this is the reference's for the family. */
const RESOURCE_NOT_LISTED_STATUS = 400;

export const peopleAadsts = {
  redirectMismatch: (uri: string, appId: string) =>
    request(
      50011,
      `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.`,
    ),
  noReplyAddress: () => request(900971, "No reply address provided."),
  notMultiTenant: (appId: string, name: string) =>
    request(
      50194,
      `Application '${appId}'(${name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    ),
  missing: (name: string) => request(900144, `The request body must contain the following parameter: '${name}'.`),
  responseTypeUnknown: (type: string) =>
    new AadError(
      70005,
      400,
      "unsupported_response_type",
      `The app requested an unsupported response type '${type}'.`,
      true,
    ),
  responseTypeOff: (type: string) =>
    new AadError(
      700054,
      400,
      "unsupported_response_type",
      `response_type '${type}' is not enabled for the application.`,
      true,
    ),
  queryForTokens: () => request(70007, "'query' is not a supported value of 'response_mode' when requesting a token."),
  responseModeUnknown: (mode: string) => request(70007, `'${mode}' is not a supported value of 'response_mode'.`),
  challengeMethod: () => request(501491, "The code_challenge_method is not supported: use S256 or plain."),
  challengeNeeded: () =>
    request(9002325, "Proof Key for Code Exchange is required for cross-origin authorization code redemption."),
  promptUnknown: (prompt: string) => request(90023, `The value '${prompt}' of 'prompt' is not supported.`),
  loginRequired: () =>
    new AadError(50058, 400, "login_required", "A silent sign-in request was sent but no user is signed in.", true),
  consentRequired: (appId: string, name: string, error: "consent_required" | "invalid_grant") =>
    new AadError(
      65001,
      400,
      error,
      `The user or administrator has not consented to use the application with ID '${appId}' named '${name}'. Send an interactive authorization request for this user and resource.`,
      true,
    ),
  consentDeclined: (error: "access_denied" | "consent_required" | "authorization_declined") =>
    new AadError(65004, 400, error, "User declined to consent to access the app.", true),
  adminNeeded: (name: string) =>
    new AadError(
      90094,
      400,
      "access_denied",
      `${name} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.`,
      true,
    ),
  notAssigned: (user: string, appId: string, name: string) =>
    new AadError(
      50105,
      400,
      "interaction_required",
      `Your administrator has configured the application ${name} ('${appId}') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '${user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.`,
      true,
    ),
  scopeUnknown: (name: string, scope: string, resource: string) =>
    new AadError(
      650053,
      400,
      "invalid_client",
      `The application '${name}' asked for scope '${scope}' that doesn't exist on the resource '${resource}'.`,
      true,
    ),
  /** The wording as recorded in many reports, with `invalid_client`; the reference has the meaning alone. */
  resourceNotListed: (given: { client: string; named: string; resource: string; listed: readonly string[] }) =>
    new AadError(
      650057,
      RESOURCE_NOT_LISTED_STATUS,
      "invalid_client",
      `Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${given.client}. Resource value from request: ${given.named}. Resource app ID: ${given.resource}. List of valid resources from app registration: ${given.listed.join(", ")}.`,
      true,
    ),
  userElsewhere: (user: string) =>
    new AadError(50020, 400, "invalid_request", `User account '${user}' does not exist in the tenant.`, true),
  badGrant: () => grant(70000, "Provided grant is invalid or malformed."),
  expiredGrant: () =>
    grant(
      70008,
      "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
    ),
  redeemed: () =>
    grant(
      54005,
      "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
    ),
  otherClient: () => grant(700005, "Provided Authorization Code is intended to use against other tenant or client."),
  otherRedirect: () =>
    grant(500112, "The reply address does not match the reply address provided when requesting Authorization code."),
  verifierMissing: () => grant(50148, "The code_verifier is missing: the code was asked for with a code_challenge."),
  verifierWrong: () =>
    grant(501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request."),
  crossOriginOnly: () =>
    request(
      9002327,
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
    ),
  notCrossOrigin: () =>
    request(9002326, "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type."),
  secretNeeded: () =>
    new AadError(
      7000218,
      401,
      "invalid_client",
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      true,
    ),
  secretUnwanted: () =>
    new AadError(
      700025,
      401,
      "invalid_client",
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
      true,
    ),
  pending: () =>
    new AadError(
      70016,
      400,
      "authorization_pending",
      "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
      true,
    ),
  badDeviceCode: () =>
    new AadError(70018, 400, "bad_verification_code", "The device code is not one this directory gave.", true),
  expiredDeviceCode: () => new AadError(70020, 400, "expired_token", "The device code has expired.", true),
} as const;
