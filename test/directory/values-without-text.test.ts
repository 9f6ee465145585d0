/**
 * JSON may bring an object that nothing can turn into text, `{"toString":""}`. Wherever the directory takes a value, it refuses such
 * a one as it refuses any other wrong value: at every door of Graph that takes a body, in each property, and in a client assertion.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { v1Routes } from "../../src/directory/http/doors.ts";
import type { Directory } from "../../src/directory/index.ts";
import { openDirectory, requestToken } from "./entra.ts";

const WORDLESS = { toString: "", valueOf: null };
const PROPERTIES =
  "@odata.id keyId proof displayName description notes uniqueName signInAudience tags identifierUris web api passwordCredential passwordCredentials keyCredential keyCredentials customKeyIdentifier startDateTime endDateTime name issuer subject audiences dataType targetObjects clientId consentType principalId resourceId appRoleId scope isEnabled restrictions requests".split(
    " ",
  );

let directory: Directory;
let authorization: string;
let policyId: string;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  const { clientId, clientSecret } = directory.admin;
  const { body } = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  authorization = `Bearer ${body.access_token}`;
  const made = await directory.fetch(`${directory.url}/v1.0/policies/appManagementPolicies`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ displayName: "a policy", description: "", isEnabled: true, restrictions: {} }),
  });
  policyId = ((await made.json()) as { id: string }).id;
  expect(policyId).toMatch(/^[0-9a-f-]{36}$/);
});
afterAll(() => directory.close());

const bodies = () =>
  PROPERTIES.flatMap((name) => [
    { [name]: WORDLESS },
    { [name]: [WORDLESS] },
    { displayName: "named", [name]: { id: WORDLESS, type: WORDLESS, key: WORDLESS, displayName: WORDLESS } },
    { [name]: [{ id: WORDLESS, method: WORDLESS, type: WORDLESS, usage: WORDLESS, key: WORDLESS, keyId: WORDLESS }] },
  ]);

describe("a value without a text is refused, and the directory stands", () => {
  const written = v1Routes.filter(({ method }) => ["POST", "PATCH", "PUT"].includes(method));
  test.each(written.map(({ method, path }) => [method, path] as const))("%s %s", async (method, path) => {
    const { applications, servicePrincipals } = directory.state();
    const { id } = (path.includes("/servicePrincipals") ? servicePrincipals : applications)[3]?.entity ?? { id: "" };
    const url = `${directory.url}/v1.0${path.replace("{policy}", policyId).replace(/\{[^}]*\}/g, id)}`;
    for (const body of bodies()) {
      const sent = { method, headers: { authorization, "content-type": "application/json" } };
      const response = await directory.fetch(url, { ...sent, body: JSON.stringify(body) });
      expect(response.status, `${path} ${JSON.stringify(body)}: ${await response.text()}`).not.toBe(500);
    }
  });

  test("the token endpoint, in every part of an assertion", async () => {
    const base = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const name of ["alg", "typ", "kid", "x5t", "x5t#S256", "x5c", "iss", "sub", "aud", "exp", "nbf", "iat", "jti"])
      for (const value of [WORDLESS, [WORDLESS]]) {
        const header = { alg: "PS256", x5t: "AAAAAAAAAAAAAAAAAAAAAAAAAAA", [name]: value };
        const claims = { iss: directory.admin.clientId, sub: directory.admin.clientId, [name]: value };
        const answer = await requestToken(directory, {
          client_id: directory.admin.clientId,
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          client_assertion: `${base(header)}.${base(claims)}.AAAA`,
        });
        expect([400, 401], `${name}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
      }
  });
});
