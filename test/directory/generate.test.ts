/** A large tenant, made quickly: plausible, the same for the same seed, and as real as any other. */
import { expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import { graphAs, openDirectory } from "./entra.ts";

test("has as many applications as asked for, each with its service principal, by the schema", async () => {
  const directory = await openDirectory({ generate: 3000 });
  const graph = await graphAs(directory);
  const count = async (list: string) =>
    Number((await graph("GET", `/${list}/$count`, undefined, { consistencylevel: "eventual" })).body);
  // and the administrator's; Microsoft's Graph and management API have service principals, too
  expect([await count("applications"), await count("servicePrincipals")]).toEqual([3001, 3003]);
  const { body } = await graph("GET", "/applications?$top=999");
  for (const application of body.value) expect(mismatch("application", application)).toBeUndefined();
  const secrets = body.value.map((one: { passwordCredentials: unknown[] }) => one.passwordCredentials.length);
  expect([0, 1, 2].map((held) => secrets.includes(held))).toEqual([true, true, true]);
  const keyIds = directory.state().applications.flatMap(({ secrets: held }) => Object.keys(held));
  expect(new Set(keyIds).size).toBe(keyIds.length);
  const [one] = body.value.slice(-1);
  const added = await graph("POST", `/applications/${one.id}/addPassword`, {});
  expect(added.status).toBe(200);
  await directory.close();
});

test("is the same for the same seed, and another for another", async () => {
  const names = async (random: number) => {
    const directory = await openDirectory({ generate: 50, random });
    const found = directory.state().applications.map(({ entity }) => `${entity.id} ${entity.displayName}`);
    await directory.close();
    return found;
  };
  const first = await names(1);
  expect(await names(1)).toEqual(first);
  expect(await names(2)).not.toEqual(first);
});
