/** Requests to the sign-in pages that nobody should send. */
import fc from "fast-check";
import { type FuzzRequest, type Known, text } from "./requests.ts";

/** Any request to the pages people see, and to what they lead to. */
export function peopleRequest(known: Known): fc.Arbitrary<FuzzRequest> {
  const value = (...likely: readonly string[]) => fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...likely) }, text);
  const params = fc.record(
    {
      client_id: value(known.clientId, ...known.appIds),
      redirect_uri: value(known.redirectUri, "https://evil.example/", "javascript:alert(1)", "http://localhost:1"),
      response_type: value("code", "id_token", "code id_token", "token", "none"),
      response_mode: value("query", "fragment", "form_post"),
      scope: value("openid", "openid offline_access User.Read", "https://graph.microsoft.com/.default", "a/b c/d"),
      resource: value("https://graph.microsoft.com", "api://nothing"),
      state: text,
      nonce: text,
      prompt: value("login", "none", "consent", "select_account", "none login"),
      login_hint: value("adele.vance@contoso.com"),
      code_challenge: text,
      code_challenge_method: value("S256", "plain"),
      flow: text,
      user: text,
      decision: value("accept", "cancel"),
      code: text,
      post_logout_redirect_uri: value(known.redirectUri, "https://evil.example/"),
      id_token_hint: value(known.assertion),
      grant_type: value("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"),
      refresh_token: text.map((one) => `1.${one}`),
      device_code: text,
      client_secret: value(known.clientSecret),
      client_info: value("1"),
    },
    { requiredKeys: [] },
  );
  const tenant = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(known.tenantId, "common", "organizations", "adfs", "contoso.com", "consumers"),
    },
    text.map(encodeURIComponent),
  );
  const doors =
    "oauth2/v2.0/authorize oauth2/authorize oauth2/v2.0/devicecode oauth2/devicecode v2.0/adminconsent adminconsent oauth2/v2.0/logout oauth2/logout oauth2/v2.0/token oauth2/token".split(
      " ",
    );
  const path = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(tenant, fc.constantFrom(...doors)).map((parts) => `/${parts.join("/")}`) },
    fc.constantFrom("/common/login", "/common/consent", "/common/oauth2/deviceauth"),
  );
  return fc
    .record({
      path,
      params,
      method: fc.constantFrom("GET", "GET", "POST", "POST", "PUT", "OPTIONS"),
      cookie: fc.option(text.map((one) => `nolapse-directory=${encodeURIComponent(one)}`)),
      origin: fc.option(fc.constantFrom("https://evil.example", "null"), { freq: 6 }),
    })
    .map(({ path: asked, params: sent, method, cookie, origin }) => {
      const form = new URLSearchParams(sent as Record<string, string>).toString();
      const inBody = method === "POST" || method === "PUT";
      return {
        method,
        path: inBody ? asked : `${asked}?${form}`,
        headers: {
          ...(inBody ? { "content-type": "application/x-www-form-urlencoded" } : {}),
          ...(cookie === null ? {} : { cookie }),
          ...(origin === null ? {} : { origin }),
        },
        body: inBody ? form : undefined,
      };
    });
}
