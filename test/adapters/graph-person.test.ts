/** Who approves: a person whom Graph has confirmed, in this tenant, and nothing less. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { confirmPerson } from "../../src/adapters/graph/person.ts";
import { AnsweringServer, graphError, json } from "../support/answering-server.ts";

const TENANT = "3f6c0000-0000-4000-8000-000000000001";
const ANN = { id: "aaaaaaaa-0000-4000-8000-000000000001", userPrincipalName: "ann@contoso.example" };

let server: AnsweringServer;
let graph: string;
beforeEach(async () => {
  server = new AnsweringServer(json(200, {}));
  graph = await server.listen();
  server.graph = json(200, ANN);
});
afterEach(() => server.close());

const asked = (claims: object) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "RS256" })}.${part(claims)}.signature`;
  const tokens = { clientId: null, token: async () => token, discard: () => {} };
  return confirmPerson(tokens, { tenantId: TENANT, graph, version: "1.2.3" });
};
const delegated = { tid: TENANT, scp: "User.Read", oid: "whatever it says" };

test("the name is Graph's answer, not what the token says", async () => {
  expect(await asked(delegated)).toEqual({ objectId: ANN.id, userPrincipalName: ANN.userPrincipalName });
  expect(server.arrived.at(-1)?.path).toBe("/v1.0/me?$select=id,userPrincipalName");
});

test("an application's sign-in is nobody's, and Graph is not asked", async () => {
  await expect(asked({ tid: TENANT, roles: ["Application.ReadWrite.All"] })).rejects.toMatchObject({
    code: "credentials-missing",
    message: expect.stringContaining("an application's"),
  });
  expect(server.count("/me")).toBe(0);
});

test("a sign-in to another tenant is nobody's here", async () => {
  await expect(asked({ ...delegated, tid: "other" })).rejects.toThrow("another tenant");
});

test("a token that Graph refuses confirms nobody", async () => {
  server.graph = graphError(401, "InvalidAuthenticationToken");
  await expect(asked(delegated)).rejects.toMatchObject({ code: "sign-in-failed" });
});
