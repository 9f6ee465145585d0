/** Many owners: an expansion shows twenty of them, and an object has at most a hundred (reference limits §4 and §5). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

const users = Array.from({ length: 103 }, (_, index) => ({
  name: `Person ${index}`,
  upn: `person${index}@contoso.example`,
}));

let directory: Directory;
let graph: Graph;
let people: { id: string }[];
beforeAll(async () => {
  const tenant = { name: "Contoso", domains: ["contoso.example"], users, applications: [] };
  directory = await openDirectory({ scenario: { tenants: [tenant] } });
  graph = await graphAs(directory);
  people = (await graph("GET", "/users?$top=999&$select=id")).body.value;
});
afterAll(() => directory.close());

const create = creator(() => graph);
const reference = ({ id }: { id: string }) => ({
  "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
});

describe.each<["applications" | "servicePrincipals"]>([["applications"], ["servicePrincipals"]])("of %s", (kind) => {
  let path = "";
  beforeAll(async () => {
    const application = await create({ displayName: `Owned by many ${kind}` });
    const object =
      kind === "applications"
        ? application
        : (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
    path = `/${kind}/${object.id}`;
    const [first] = (await graph("GET", `${path}/owners`)).body.value;
    await graph("DELETE", `${path}/owners/${first.id}/$ref`);
  });
  const add = async (from: number, to: number) => {
    for (const person of people.slice(from, to))
      expect((await graph("POST", `${path}/owners/$ref`, reference(person))).status).toBe(204);
  };
  const expanded = async () => {
    const one = (await graph("GET", `${path}?$expand=owners`)).body.owners as { id: string }[];
    const { value } = (await graph("GET", `/${kind}?$filter=id eq '${path.split("/")[2]}'&$expand=owners`)).body;
    expect(value[0].owners, "a list expands as a read does").toEqual(one);
    return one.map(({ id }) => id);
  };
  const listed = async () => (await graph("GET", `${path}/owners`)).body.value.map(({ id }: { id: string }) => id);

  test("an expansion shows all while they are twenty, and twenty of more", async () => {
    await add(0, 20);
    expect((await expanded()).toSorted()).toEqual(
      people
        .slice(0, 20)
        .map(({ id }) => id)
        .toSorted(),
    );
    await add(20, 26);
    expect(await expanded()).toHaveLength(20);
    const all = await listed();
    expect(all).toHaveLength(26);
    expect(all).toEqual(expect.arrayContaining(await expanded()));
  });

  test("there are at most a hundred; a place that is given up can be taken again", async () => {
    await add(26, 100);
    const refused = await graph("POST", `${path}/owners/$ref`, reference(people[100] ?? { id: "" }));
    expect(codeOf(refused)).toEqual([403, "Directory_QuotaExceeded"]);
    expect(refused.body.error.message).toBe(
      "Unable to perform operation as '101' would exceed the maximum quota count '100' for forward-link 'owners'.",
    );
    expect(await listed()).toHaveLength(100);
    expect(await expanded()).toHaveLength(20);
    expect((await graph("DELETE", `${path}/owners/${people[3]?.id}/$ref`)).status).toBe(204);
    await add(100, 101);
    const again = await graph("POST", `${path}/owners/$ref`, reference(people[101] ?? { id: "" }));
    expect(codeOf(again)).toEqual([403, "Directory_QuotaExceeded"]);
  });
});
