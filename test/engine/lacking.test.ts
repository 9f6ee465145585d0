/** What must be granted before a tenant that is only looked at can be written to. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { doctor, lackingToWrite } from "../../src/engine/views/doctor.ts";
import type { Diagnosis } from "../../src/ports/diagnosis.ts";
import { settings } from "../core/make.ts";
import { Workbench } from "../support/workbench.ts";

const report = { clientId: "reads", permissions: ["Application.Read.All"], writerId: null, writerPermissions: null };
const looking = { settings: settings({ mode: "observe" }) };

test("one identity that only reads lacks the narrowest permission that writes, with what it allows and the line", () => {
  expect(lackingToWrite(looking, report, {})).toEqual([
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

test("a managed identity has no app registration that could be given it", () => {
  const found = lackingToWrite(looking, { ...report, writesManaged: true }, {});
  expect(found?.map(({ fix }) => fix)).toEqual([expect.stringMatching(/^SP=\$\(az ad sp show --id reads /)]);
});

test("nothing is lacking where a wider one is granted", async () => {
  const permissions = ["Application.ReadWrite.All"];
  expect(lackingToWrite(looking, { ...report, permissions }, {})).toEqual([]);
});

const whoWrites: NonNullable<Diagnosis["whoWrites"]> = () => Promise.reject(new Error("not asked"));

test("of two identities it is the one that writes", () => {
  const found = lackingToWrite(looking, { ...report, writerId: "writes", writerPermissions: [] }, { whoWrites });
  expect(found?.map(({ fix }) => fix)).toEqual([expect.stringContaining("--id writes ")]);
});

test("nothing is said where it is written to already, or of an identity that did not sign in", () => {
  expect(lackingToWrite({ settings: settings({ mode: "enforce" }) }, report, {})).toBeNull();
  expect(lackingToWrite(looking, { ...report, clientId: null }, {})).toBeNull();
  expect(lackingToWrite(looking, report, { whoWrites })).toBeNull();
});

test("a writer that signs in once and then no more takes nothing from what was found: it is asked once", async () => {
  const bench = new Workbench();
  const deps = bench.deps({ settings: { ...bench.settings, mode: "observe" } });
  let asked = 0;
  const here = { host: "here", error: null, serviceTime: null };
  const diagnosis: Diagnosis = {
    reach: async () => ({ authority: here, graph: here }),
    whoAmI: async () => ({ clientId: "reads", tenantId: null, permissions: ["Application.Read.All"] }),
    whoWrites: async () => {
      asked += 1;
      if (asked > 1) throw new NolapseError("sign-in-failed", "blocked since");
      return { clientId: "writes", tenantId: null, permissions: [] };
    },
    quotaUsed: async () => null,
    userAgents: ["a", "b"],
  };
  const report = await doctor(deps, { diagnosis, local: [], asksOwners: false, share: 0.5 });
  expect(lackingToWrite(deps, report, diagnosis)).toMatchObject([{ permission: "Application.ReadWrite.OwnedBy" }]);
  expect(asked).toBe(1);
});

test("what a managed identity lacks is granted to the identity itself", async () => {
  const bench = new Workbench();
  const here = { host: "here", error: null, serviceTime: null };
  const diagnosis: Diagnosis = {
    reach: async () => ({ authority: here, graph: here }),
    whoAmI: async () => ({ clientId: "machine", tenantId: null, permissions: [], managed: true }),
    quotaUsed: async () => null,
    userAgents: ["a", "b"],
  };
  const report = await doctor(bench.deps(), { diagnosis, local: [], asksOwners: false, share: 0.5 });
  const [scan] = report.checks.filter(({ area }) => area === "permissions");
  expect(scan).toMatchObject({ name: "scan", fix: expect.stringMatching(/^SP=\$\(az ad sp show --id machine /) });
  expect(report.writesManaged).toBe(true);
  const { settings: public_ } = bench;
  const settings = {
    ...public_,
    mode: "observe",
    probeScope: "https://microsoftgraph.chinacloudapi.cn/.default",
  } as const;
  const there = await doctor({ ...bench.deps(), settings }, { diagnosis, local: [], asksOwners: false, share: 0.5 });
  const [write] = lackingToWrite({ settings }, there, diagnosis) ?? [];
  for (const fix of [there.checks.find(({ name }) => name === "scan")?.fix, write?.fix])
    expect(fix).toContain("--url https://microsoftgraph.chinacloudapi.cn/v1.0/");
});
