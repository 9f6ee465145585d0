/** SAML signing certificates and federated credentials: against the embedded directory, and one request each on the wire. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSamlSigning } from "../../src/core/credentials/classify.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import type { NewFederatedCredential } from "../../src/ports/federation.ts";
import { clockAt, graphAt } from "../support/answering-graph.ts";
import { type Answer, AnsweringServer, empty, graphError, json, reset, silent } from "../support/answering-server.ts";
import { type GraphBench, openGraph, plant, principalOf } from "../support/graph-bench.ts";

const GITHUB: NewFederatedCredential = {
  name: "github-main",
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:contoso/billing:ref:refs/heads/main",
  audiences: ["api://AzureADTokenExchange"],
  description: null,
};
const THUMBPRINT = "0123456789abcdef0123456789abcdef01234567";

describe("at the directory", () => {
  let bench: GraphBench;
  let application: HolderRef;
  let principal: HolderRef;
  beforeEach(async () => {
    bench = await openGraph();
    application = (await plant(bench, "signs tokens")).holder;
    principal = principalOf(bench, application);
  });
  afterEach(() => bench.close());

  it("a signing certificate is made, seen as one, and signs only when it is activated", async () => {
    const end = plus(await bench.now(), 300 * DAY);
    const added = await bench.samlSigning.addTokenSigningCertificate(principal, { commonName: "billing saml", end });
    if (added.outcome !== "applied") throw added.error;
    expect(added.thumbprint).toMatch(/^[0-9a-f]{40}$/);
    const { holder } = await bench.entra.read(principal);
    expect(holder.preferredTokenSigningKeyThumbprint).toBeNull();
    const tied = holder.credentials.filter((one) => one.customKeyIdentifier === added.thumbprint);
    expect(tied.map(({ kind }) => kind).sort()).toEqual(["certificate", "certificate", "secret"]);
    expect(tied.every((one) => isSamlSigning(holder, one) && one.end === end)).toBe(true);
    expect(tied.map(({ keyId }) => keyId)).toEqual(expect.arrayContaining([...added.keyIds]));
    expect(await bench.samlSigning.activate(principal, added.thumbprint)).toEqual({ outcome: "applied" });
    const active = (await bench.entra.read(principal)).holder;
    expect(active.preferredTokenSigningKeyThumbprint).toBe(added.thumbprint);
    expect((await bench.entra.read(application)).holder.preferredTokenSigningKeyThumbprint).toBeNull();
  });

  it("a signing certificate of over three years is refused", async () => {
    const end = plus(await bench.now(), 1_200 * DAY);
    const added = await bench.samlSigning.addTokenSigningCertificate(principal, { commonName: "long", end });
    expect(added).toMatchObject({ outcome: "not-applied", error: { code: "directory-refused" } });
  });

  it("a federated credential is added once, and listed as it was given", async () => {
    expect(await bench.federation.list(application)).toEqual([]);
    const added = await bench.federation.add(application, GITHUB);
    if (added.outcome !== "applied") throw added.error;
    const { description: _, ...shown } = GITHUB;
    expect(await bench.federation.list(application)).toEqual([{ id: added.id, ...shown }]);
    const again = await bench.federation.add(application, GITHUB);
    expect(again).toMatchObject({ outcome: "not-applied", error: { code: "directory-refused" } });
    expect(await bench.federation.list(application)).toHaveLength(1);
  });

  it("what is not there is absent", async () => {
    const objectId = "99999999-9999-4999-8999-999999999999";
    const absent = { code: "directory-absent" };
    await expect(bench.federation.list({ ...application, objectId })).rejects.toMatchObject(absent);
    expect(await bench.federation.add({ ...application, objectId }, GITHUB)).toMatchObject({ error: absent });
    expect(await bench.samlSigning.activate({ ...principal, objectId }, THUMBPRINT)).toMatchObject({ error: absent });
  });

  it("the other type of object is a caller's mistake", async () => {
    const certificate = { commonName: "x", end: plus(await bench.now(), DAY) };
    await expect(bench.samlSigning.addTokenSigningCertificate(application, certificate)).rejects.toThrow(TypeError);
    await expect(bench.samlSigning.activate(application, THUMBPRINT)).rejects.toThrow(TypeError);
    await expect(bench.samlSigning.activate(principal, "not a thumbprint")).rejects.toThrow(TypeError);
    await expect(bench.federation.list(principal)).rejects.toThrow(TypeError);
    await expect(bench.federation.add(principal, GITHUB)).rejects.toThrow(TypeError);
  });
});

describe("on the wire", () => {
  const NOW = epochMs(1_780_000_000_987);
  const application = { type: "application", objectId: "0bject", appId: "c11ent" } as const;
  const principal = { ...application, type: "servicePrincipal" } as const;
  let server: AnsweringServer;
  let origin: string;
  beforeEach(async () => {
    server = new AnsweringServer(json(200, { access_token: "a.b.c", expires_in: 3599 }));
    origin = await server.listen();
  });
  afterEach(() => server.close());
  const open = () => graphAt(origin, clockAt(NOW));
  const writes = {
    addTokenSigningCertificate: () =>
      open().samlSigning.addTokenSigningCertificate(principal, { commonName: "saml", end: plus(NOW, DAY) }),
    activate: () => open().samlSigning.activate(principal, THUMBPRINT),
    federate: () => open().federation.add(application, GITHUB),
  };

  describe.each(Object.keys(writes) as (keyof typeof writes)[])("%s", (name) => {
    it.each<[string, Answer, string, string]>([
      ["reset", reset, "unknown", "directory-unreachable"],
      ["time-out", silent, "unknown", "directory-unreachable"],
      ["503", json(503, {}, { "Retry-After": "1" }), "unknown", "directory-failed"],
      ["429", json(429, {}, { "Retry-After": "7" }), "not-applied", "directory-throttled"],
      ["401", graphError(401, "InvalidAuthenticationToken"), "not-applied", "directory-refused"],
      ["403", graphError(403, "Authorization_RequestDenied"), "not-applied", "directory-forbidden"],
    ])("is sent once on %s", async (_, answer, outcome, code) => {
      server.graph = answer;
      expect(await writes[name]()).toMatchObject({ outcome, error: { code } });
      expect(server.arrived).toHaveLength(2);
    });
  });

  const sent = () => {
    const { method, path, body } = server.arrived.at(-1) ?? { method: "", path: "", body: "null" };
    return [method, path, JSON.parse(body)];
  };

  it("carries what Graph documents", async () => {
    server.graph = json(200, { keyId: "K", thumbprint: THUMBPRINT.toUpperCase() });
    expect(await writes.addTokenSigningCertificate()).toEqual({
      outcome: "applied",
      thumbprint: THUMBPRINT,
      keyIds: ["k"],
    });
    const path = "/v1.0/servicePrincipals/0bject";
    const asked = { displayName: "CN=saml", endDateTime: "2026-05-29T20:26:40Z" };
    expect(sent()).toEqual(["POST", `${path}/addTokenSigningCertificate`, asked]);
    server.graph = empty(204);
    expect(await writes.activate()).toEqual({ outcome: "applied" });
    expect(sent()).toEqual(["PATCH", path, { preferredTokenSigningKeyThumbprint: THUMBPRINT.toUpperCase() }]);
    server.graph = json(201, { id: "f" });
    expect(await writes.federate()).toEqual({ outcome: "applied", id: "f" });
    expect(sent()).toEqual(["POST", "/v1.0/applications/0bject/federatedIdentityCredentials", GITHUB]);
  });

  it("answers as unknown when what was made is not named", async () => {
    for (const [write, answer] of [
      [writes.addTokenSigningCertificate, json(200, { keyId: "k", thumbprint: "?" })],
      [writes.addTokenSigningCertificate, json(200, { thumbprint: THUMBPRINT })],
      [writes.federate, json(201, {})],
    ] as const) {
      server.graph = answer;
      expect(await write()).toMatchObject({ outcome: "unknown", error: { code: "directory-failed" } });
    }
  });

  it("lists every page, and one with a pattern for a subject", async () => {
    const one = { id: "1", name: "n", issuer: "i", audiences: ["a"], subject: null };
    server.graph = (request, response) => {
      const last = request.url?.includes("skiptoken") === true;
      const next = last ? {} : { "@odata.nextLink": `${origin}/v1.0/x?$skiptoken=2` };
      json(200, { ...next, value: [one] })(request, response);
    };
    expect(await open().federation.list(application)).toEqual([one, one]);
    server.graph = json(200, {});
    await expect(open().federation.list(application)).rejects.toMatchObject({ code: "directory-failed" });
  });
});
