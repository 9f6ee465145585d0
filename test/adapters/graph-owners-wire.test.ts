/** Whom to write about an application: its owners as Graph lists them, page by page, people with an address alone. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { epochMs } from "../../src/core/time.ts";
import { readOwnership } from "../../src/engine/scan/ownership.ts";
import { graphAs } from "../directory/entra.ts";
import { clockAt, graphAt } from "../support/answering-graph.ts";
import { AnsweringServer, graphError, json } from "../support/answering-server.ts";
import { type GraphBench, openGraph, plant } from "../support/graph-bench.ts";

const NOW = epochMs(Date.UTC(2026, 2, 1));
const clock = clockAt(NOW);
const HOLDER = { type: "application", objectId: "aaaaaaaa-0000-4000-8000-000000000001", appId: "c11ent" } as const;
const USER = "#microsoft.graph.user";

describe("as they come", () => {
  let server: AnsweringServer;
  let origin: string;
  beforeEach(async () => {
    server = new AnsweringServer(json(200, { access_token: "a.b.c", expires_in: 3599 }));
    origin = await server.listen();
  });
  afterEach(() => server.close());

  const owners = () => graphAt(origin, clock).owners;
  const mails = () => owners().mailOf(HOLDER);

  it("are every page's people, each once; the sign-in name stands in for a mailbox", async () => {
    const second = {
      value: [
        { "@odata.type": USER, mail: "ann@contoso.example", userPrincipalName: "ann2@contoso.example" },
        { "@odata.type": USER, mail: null, userPrincipalName: "bob@contoso.example" },
      ],
    };
    server.graph = (request, response) => {
      const { search } = new URL(request.url ?? "", origin);
      const first = {
        "@odata.nextLink": `${origin}/v1.0/applications/${HOLDER.objectId}/owners?$skiptoken=x`,
        value: [{ "@odata.type": USER, mail: "ann@contoso.example" }],
      };
      json(200, search === "?$skiptoken=x" ? second : first)(request, response);
    };
    expect(await mails()).toEqual(["ann@contoso.example", "bob@contoso.example"]);
    expect(server.arrived.filter((one) => one.path.includes("/owners"))).toHaveLength(2);
  });

  it("leave out who is no person, has no address, or is a guest known by a made-up one", async () => {
    const value = [
      { "@odata.type": "#microsoft.graph.servicePrincipal", mail: "robot@contoso.example", displayName: "robot" },
      { "@odata.type": USER, mail: null, userPrincipalName: "carol" },
      { "@odata.type": USER, mail: null, userPrincipalName: "dan_gmail.com#EXT#@contoso.example" },
      { "@odata.type": USER },
    ];
    server.graph = json(200, { value });
    expect(await mails()).toEqual([]);
  });

  it("of all applications come a page in one request, and the next page only from where the first was", async () => {
    const owner = { "@odata.type": USER, id: "AAAA", displayName: "Ann" };
    const robot = { "@odata.type": "#microsoft.graph.servicePrincipal", id: "bbbb", displayName: "robot" };
    const next = `${origin}/v1.0/applications?$skiptoken=x`;
    server.graph = json(200, { "@odata.nextLink": next, value: [{ id: "one", owners: [owner, robot] }] });
    const page = await owners().ownersPage(null);
    expect(page).toEqual({
      next,
      applications: [
        {
          objectId: "one",
          owners: [
            { id: "aaaa", name: "Ann", type: "person" },
            { id: "bbbb", name: "robot", type: "other" },
          ],
        },
      ],
    });
    expect(server.arrived.at(-1)?.path).toContain("/v1.0/applications?$expand=owners&$select=id");
    await expect(owners().ownersPage("https://evil.example/v1.0/applications")).rejects.toMatchObject({
      code: "directory-failed",
    });
    server.graph = graphError(403, "Authorization_RequestDenied");
    await expect(owners().ownersPage(null)).rejects.toMatchObject({ code: "directory-forbidden" });
  });

  it("are never an empty list when they may not be read, are gone or do not come", async () => {
    const answers = [
      [graphError(403, "Authorization_RequestDenied"), "directory-forbidden"],
      [graphError(404, "Request_ResourceNotFound"), "directory-absent"],
      [graphError(503, "ServiceUnavailable"), "directory-failed"],
    ] as const;
    for (const [answer, code] of answers) {
      server.graph = answer;
      await expect(mails(), code).rejects.toMatchObject({ code });
    }
  });
});

describe("in the directory", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await openGraph("contoso");
  });
  afterEach(() => bench.close());

  it("are the people whom somebody made owners", async () => {
    const { holder } = await plant(bench, "Payroll");
    expect(await bench.owners.mailOf(holder)).toEqual([]);
    const graph = await graphAs(bench.directory);
    const { body } = await graph("GET", "/users?$top=1");
    const [person] = body.value as { id: string; mail: string | null; userPrincipalName: string }[];
    const reference = { "@odata.id": `${bench.directory.url}/v1.0/directoryObjects/${person?.id}` };
    expect((await graph("POST", `/applications/${holder.objectId}/owners/$ref`, reference)).status).toBe(204);
    expect(await bench.owners.mailOf(holder)).toEqual([person?.mail ?? person?.userPrincipalName]);
    const { ownersOf, ownedBy } = await readOwnership(bench.owners);
    expect(ownersOf.get(holder.objectId)).toMatchObject([{ id: person?.id, type: "person" }]);
    expect(ownedBy.get(person?.id ?? "")).toContain(holder.objectId);
    expect(ownersOf.size).toBeGreaterThanOrEqual(40);
  });
});
