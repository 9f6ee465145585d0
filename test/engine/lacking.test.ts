/** What must be granted before a tenant that is only looked at can be written to. */
import { expect, test } from "vitest";
import { lackingToWrite } from "../../src/engine/views/doctor.ts";
import type { Diagnosis } from "../../src/ports/diagnosis.ts";
import { settings } from "../core/make.ts";

const report = { clientId: "reads", permissions: ["Application.Read.All"], writerId: null };
const looking = { settings: settings({ mode: "observe" }) };

test("one identity that only reads lacks the narrowest permission that writes, with what it allows and the line", async () => {
  expect(await lackingToWrite(looking, report, {})).toEqual([
    {
      permission: "Application.ReadWrite.OwnedBy",
      allows:
        "changes the applications that it is an owner of, with their credentials, and registers new ones; no others",
      fix: expect.stringMatching(
        /^az ad app permission add --id reads .*18a4783c-866b-4cc7-a460-3d5e5662c884=Role && /,
      ),
    },
  ]);
});

test("nothing is lacking where a wider one is granted", async () => {
  const permissions = ["Application.ReadWrite.All"];
  expect(await lackingToWrite(looking, { ...report, permissions }, {})).toEqual([]);
});

test("of two identities it is the one that writes", async () => {
  const whoWrites = async () => ({ clientId: "writes", tenantId: null, permissions: [] });
  const found = await lackingToWrite(looking, { ...report, writerId: "writes" }, { whoWrites });
  expect(found?.map(({ fix }) => fix)).toEqual([expect.stringContaining("--id writes ")]);
});

test("nothing is said where it is written to already, or of an identity that did not sign in", async () => {
  expect(await lackingToWrite({ settings: settings({ mode: "enforce" }) }, report, {})).toBeNull();
  expect(await lackingToWrite(looking, { ...report, clientId: null }, {})).toBeNull();
  const whoWrites: NonNullable<Diagnosis["whoWrites"]> = () => Promise.reject(new Error("not asked"));
  expect(await lackingToWrite(looking, report, { whoWrites })).toBeNull();
});
