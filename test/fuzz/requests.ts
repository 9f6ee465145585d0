/** Requests nobody should send, made from a seed: bodies, queries, forms, assertions and headers. */
import fc from "fast-check";

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** What is known to the fuzzer, so that it gets behind the first door now and then. */
export interface Known {
  readonly tenantId: string;
  readonly token: string;
  readonly objectIds: readonly string[];
  readonly appIds: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly assertion: string;
  /** Registered on the administrator application. */
  readonly redirectUri: string;
}

export const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "null",
    "0",
    "-1",
    "1e999",
    "../../etc/passwd",
    "%00",
    "%zz",
    "'",
    "' or 1 eq 1",
    "\u0000",
    "𝄞",
    "a".repeat(5000),
    "{}",
    "[]",
  ),
);
const instant = fc.oneof(
  fc.constantFrom(
    "2031-06-01T00:00:00Z",
    "2299-12-31T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "tomorrow",
    "2031-02-30T00:00:00Z",
    "+275760-09-13T00:00:00Z",
  ),
  text,
);
/** Objects that nothing can turn into text without failing: JSON may bring them. */
export const wordless: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  { toString: "" },
  [{ toString: "", valueOf: null }],
  JSON.parse('{"__proto__":null,"toString":1}'),
);
const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 1, arbitrary: wordless },
);

const names = fc.constantFrom(
  ..."id appId displayName description tags notes signInAudience passwordCredentials keyCredentials passwordCredential keyCredential keyId proof secretText startDateTime endDateTime key type usage customKeyIdentifier api web info appRoles requiredResourceAccess identifierUris servicePrincipalLockConfiguration owners issuer subject audiences name isEnabled restrictions applicationRestrictions @odata.id @odata.type __proto__ constructor toString principalId resourceId appRoleId".split(
    " ",
  ),
);

const paths = (known: Known) => {
  const kind = fc.constantFrom("applications", "servicePrincipals");
  const id = fc.oneof(
    fc.constantFrom(...known.objectIds),
    fc.uuid(),
    text.map(encodeURIComponent),
    fc.constantFrom(...known.appIds).map((one) => `(appId='${one}')`),
    text.map((one) => `(uniqueName='${encodeURIComponent(one).replaceAll("'", "''")}')`),
  );
  const action = fc.constantFrom(
    ..."addPassword removePassword addKey removeKey addTokenSigningCertificate owners owners/$ref federatedIdentityCredentials appManagementPolicies appManagementPolicies/$ref appRoleAssignments appRoleAssignedTo oauth2PermissionGrants extensionProperties logo restore $count delta $value nothing".split(
      " ",
    ),
  );
  const object = fc.tuple(kind, id, fc.option(action)).map(([one, key, verb]) => {
    const base = key.startsWith("(") ? `${one}${key}` : `${one}/${key}`;
    return `/v1.0/${base}${verb === null ? "" : `/${verb}`}`;
  });
  const other = fc.constantFrom(
    "/v1.0/applications",
    "/v1.0/servicePrincipals",
    "/v1.0/organization",
    "/v1.0/auditLogs/directoryAudits",
    "/v1.0/policies/defaultAppManagementPolicy",
    "/v1.0/policies/appManagementPolicies",
    "/v1.0/directory/deletedItems/microsoft.graph.application",
    "/beta/auditLogs/signIns",
    "/beta/reports/appCredentialSignInActivities",
    "/v1.0/$batch",
    "/beta/$batch",
    "/v1.0/oauth2PermissionGrants",
    "/v1.0/users",
    "/v1.0/users/$count",
    "/v1.0/applications/$count",
    "/v1.0/me",
    "/v1.0/me/oauth2PermissionGrants",
    "/v1.0/users/adele.vance@contoso.com/appRoleAssignments",
    "/metadata/endpoints",
    "/metadata/endpoints?api-version=2022-09-01",
    "/subscriptions?api-version=2022-12-01",
    "/tenants",
    "/oidc/userinfo",
    "/adfs/.well-known/openid-configuration",
    "/v1.0/",
    "/",
    "/common/discovery/instance",
    `/${known.tenantId}/v2.0/.well-known/openid-configuration`,
    "/_directory/sign-ins",
  );
  return fc.oneof(
    { weight: 4, arbitrary: object },
    { weight: 3, arbitrary: other },
    { weight: 1, arbitrary: text.map((one) => `/${encodeURIComponent(one)}`) },
  );
};

const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom(
            "$filter",
            "$select",
            "$top",
            "$skiptoken",
            "$count",
            "$expand",
            "$orderby",
            "$search",
            "$skip",
            "x",
          ),
          fc.oneof(
            text,
            fc.constantFrom(
              "displayName eq 'x'",
              "startsWith(displayName,'a')",
              "appId eq '",
              "id in ('a','b')",
              "not(displayName eq 'x')",
              "((((((((",
              "owners/$count eq 0",
              "not tags/any(t:startswith(t,'a'))",
              "keyCredentials/any(k:k/keyId eq null)",
              "createdDateTime ge 2031-01-01T00:00:00Z",
              "endsWith(displayName,'x')",
              '"displayName:a" OR "description:b"',
              "displayName desc",
              "tags/any(t:t eq 'x')",
              "true",
              "999",
              "100000",
              "owners",
              "id,displayName",
            ),
          ),
        ),
        { maxLength: 4 },
      )
      .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`),
  },
);

/** What a sensible client could send, but for one part of it. */
const sensible = fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: wordless }).chain((odd) =>
  fc.constantFrom<Record<string, unknown>>(
    { displayName: odd },
    { displayName: "fuzzed", description: odd, tags: [odd] },
    { passwordCredential: { displayName: odd, endDateTime: "2032-01-01T00:00:00Z" } },
    { name: "fuzzed", issuer: "https://issuer.example", subject: odd, audiences: ["api://AzureADTokenExchange"] },
    { keyCredentials: [{ type: "AsymmetricX509Cert", usage: "Verify", key: odd }] },
    { displayName: "named", uniqueName: odd, web: { redirectUris: [odd] }, identifierUris: [odd] },
    { name: odd, dataType: "String", targetObjects: ["User"] },
    { clientId: odd, consentType: "AllPrincipals", resourceId: odd, scope: odd },
    { requests: [{ id: odd, method: "GET", url: odd }] },
    {
      requests: [
        {
          id: "1",
          method: "GET",
          url: `/applications?$filter=${encodeURIComponent(typeof odd === "string" ? odd : JSON.stringify(odd))}`,
        },
        {
          id: "2",
          method: "POST",
          url: "/applications",
          headers: { "Content-Type": odd },
          body: { displayName: odd },
          dependsOn: ["1"],
        },
      ],
    },
    { displayName: "policy", isEnabled: true, restrictions: { passwordCredentials: [{ restrictionType: odd }] } },
    { "@odata.id": odd },
    { keyId: odd, proof: odd },
    { keyId: "00000000-0000-4000-8000-000000000000", proof: odd, keyCredential: { type: odd, usage: odd, key: odd } },
    { displayName: "named", signInAudience: odd },
  ),
);

const body = fc.oneof(
  sensible.map((one) => JSON.stringify(one)),
  json.map((one) => JSON.stringify(one)),
  fc
    .dictionary(
      names,
      fc.oneof(json, instant, text, fc.array(fc.dictionary(names, fc.oneof(json, instant, text)), { maxLength: 3 })),
      { maxKeys: 6 },
    )
    .map((one) => JSON.stringify(one)),
  fc
    .dictionary(fc.constantFrom("displayName", "startDateTime", "endDateTime"), fc.oneof(instant, text), { maxKeys: 3 })
    .map((one) => JSON.stringify({ passwordCredential: one })),
  text,
  fc.constantFrom("{", '{"a":', "[".repeat(20_000), `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`),
);

/** Any request to Graph, signed in or not; one in ten at the right door with nearly the right body. */
export function graphRequest(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.oneof({ weight: 9, arbitrary: wildRequest(known) }, { weight: 1, arbitrary: fittingRequest(known) });
}

function fittingRequest(known: Known): fc.Arbitrary<FuzzRequest> {
  const id = fc.constantFrom(...known.objectIds);
  const doors = fc.oneof(
    fc.constantFrom(
      "/v1.0/applications",
      "/v1.0/policies/appManagementPolicies",
      "/v1.0/$batch",
      "/v1.0/oauth2PermissionGrants",
    ),
    id.map((one) => `/v1.0/applications/${one}/extensionProperties`),
    id.map((one) => `/v1.0/applications/${one}/addPassword`),
    id.map((one) => `/v1.0/applications/${one}/federatedIdentityCredentials`),
    id.map((one) => `/v1.0/applications/${one}/owners/$ref`),
    id.map((one) => `/v1.0/applications/${one}/appManagementPolicies/$ref`),
    id.map((one) => `/v1.0/applications/${one}/removePassword`),
    id.map((one) => `/v1.0/applications/${one}/addKey`),
  );
  const headers = { authorization: `Bearer ${known.token}`, "content-type": "application/json" };
  return fc
    .tuple(doors, sensible)
    .map(([path, sent]) => ({ method: "POST", path, headers, body: JSON.stringify(sent) }));
}

function wildRequest(known: Known): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      method: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom("GET", "POST", "PATCH") },
        { weight: 1, arbitrary: fc.constantFrom("DELETE", "PUT", "OPTIONS") },
      ),
      path: paths(known),
      query,
      authorization: fc.oneof(
        { weight: 8, arbitrary: fc.constant(`Bearer ${known.token}`) },
        text.map((one) => `Bearer ${encodeURIComponent(one)}`),
        fc.constant(`Bearer ${known.token.slice(0, -4)}AAAA`),
      ),
      type: fc.oneof(
        { weight: 5, arbitrary: fc.constant("application/json") },
        fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "x"),
      ),
      prefer: fc.option(fc.constantFrom("create-if-missing", "x"), { freq: 8 }),
      consistency: fc.option(fc.constantFrom("eventual", "strong"), { freq: 4 }),
      body: fc.option(body, { freq: 5 }),
    })
    .map(({ method, path, query: asked, authorization, type, prefer, consistency, body: sent }) => ({
      method,
      path: path + asked,
      headers: {
        authorization,
        ...(sent === null ? {} : { "content-type": type }),
        ...(prefer === null ? {} : { prefer }),
        ...(consistency === null ? {} : { consistencylevel: consistency }),
      },
      body: method === "GET" || sent === null ? undefined : sent,
    }));
}

/** Any request to the token endpoint. */
export function tokenRequest(known: Known): fc.Arbitrary<FuzzRequest> {
  const part = fc.oneof(
    json.map((one) => Buffer.from(JSON.stringify(one)).toString("base64url")),
    fc
      .dictionary(
        fc.constantFrom("alg", "x5t", "kid", "x5t#S256", "iss", "sub", "aud", "exp", "nbf"),
        fc.oneof(json, text, fc.constant(known.clientId)),
        { maxKeys: 6 },
      )
      .map((one) => Buffer.from(JSON.stringify(one)).toString("base64url")),
    text,
  );
  const jwt = fc.oneof(
    fc.tuple(part, part, part).map((parts) => parts.join(".")),
    fc.constant(known.assertion),
    text,
  );
  const fields = fc.record(
    {
      grant_type: fc.oneof({ weight: 5, arbitrary: fc.constant("client_credentials") }, text),
      client_id: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(known.clientId, ...known.appIds) }, text),
      client_secret: fc.oneof(fc.constant(known.clientSecret), text),
      scope: fc.oneof(
        { weight: 3, arbitrary: fc.constant("https://graph.microsoft.com/.default") },
        fc.constantFrom(
          "/.default",
          "//.default",
          "https://graph.microsoft.com//.default",
          "a/.default b/.default",
          "openid",
        ),
        text,
      ),
      resource: fc.oneof(fc.constant("https://graph.microsoft.com"), text),
      client_assertion: jwt,
      client_assertion_type: fc.oneof(
        { weight: 4, arbitrary: fc.constant("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") },
        text,
      ),
    },
    { requiredKeys: [] },
  );
  return fc
    .record({
      tenant: fc.oneof(
        { weight: 5, arbitrary: fc.constant(known.tenantId) },
        fc.constantFrom("common", "organizations", "contoso.com"),
        text.map(encodeURIComponent),
      ),
      version: fc.constantFrom("oauth2/v2.0/token", "oauth2/token"),
      method: fc.constantFrom("POST", "POST", "POST", "GET", "PUT"),
      basic: fc.option(
        text.map((one) => `Basic ${Buffer.from(one).toString("base64")}`),
        { freq: 5 },
      ),
      fields,
      raw: fc.option(text, { freq: 8 }),
    })
    .map(({ tenant, version, method, basic, fields: form, raw }) => ({
      method,
      path: `/${tenant}/${version}`,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        ...(basic === null ? {} : { authorization: basic }),
      },
      body: method === "GET" ? undefined : (raw ?? new URLSearchParams(form as Record<string, string>).toString()),
    }));
}
