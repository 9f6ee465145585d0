/** What each feature needs, and what is said of an identity that lacks it. */
import { expect, it } from "vitest";
import { featuresOf, GRAPH_APP_ID, grantLine, missingOf, tierOf } from "../../src/core/policy/permissions.ts";

const ASKS = { evidence: false, owners: false, carried: false };
const lacking = (granted: readonly string[], mode: Parameters<typeof featuresOf>[0] = "enforce", asks = ASKS) =>
  featuresOf(mode, asks).flatMap((one) => {
    const missing = missingOf(one, granted);
    return missing.length === 0 ? [] : [`${one.feature}${one.required ? "" : "?"}: ${missing.join(" ")}`];
  });

it("an identity that only reads may look, and lacks what rotating takes", () => {
  expect(lacking(["Application.Read.All", "AuditLog.Read.All", "Directory.Read.All"], "observe")).toEqual([]);
  expect(lacking(["Application.Read.All"])).toEqual([
    "rotate what it owns: Application.ReadWrite.OwnedBy",
    "name who changed a credential?: AuditLog.Read.All Directory.Read.All",
    "show delegated permissions?: Directory.Read.All",
  ]);
});

it("a wider permission stands in for a narrower one, never the other way round", () => {
  expect(lacking(["Application.ReadWrite.All", "AuditLog.Read.All", "Directory.Read.All"])).toEqual([]);
  expect(lacking(["Application.ReadWrite.OwnedBy"], "enforce")[0]).toBe("scan: Application.Read.All");
});

it("what the configuration asks for is needed, or better had", () => {
  const asks = { evidence: true, owners: true, carried: true };
  expect(lacking(["Application.ReadWrite.All"], "enforce", asks)).toEqual([
    "retire after evidence: AuditLog.Read.All Directory.Read.All",
    "prove what a person carried?: AuditLog.Read.All Directory.Read.All",
    "show delegated permissions?: Directory.Read.All",
    "mail to owners: User.Read.All",
  ]);
});

it("the line grants exactly what is missing, by Microsoft's own ids", () => {
  expect(grantLine(["AuditLog.Read.All"], { clientId: "c11ent", managed: false })).toBe(
    `az ad app permission add --id c11ent --api ${GRAPH_APP_ID} --api-permissions ` +
      "b0afded3-3588-46d8-8b3d-9842eff778da=Role && az ad app permission admin-consent --id c11ent",
  );
});

it("a managed identity has no app registration, so it is assigned each role itself", () => {
  const line = grantLine(["AuditLog.Read.All", "Directory.Read.All"], { clientId: "c11ent", managed: true });
  expect(line).not.toContain("az ad app");
  expect(line.split("; ")).toEqual([
    "SP=$(az ad sp show --id c11ent --query id -o tsv)",
    `GRAPH=$(az ad sp show --id ${GRAPH_APP_ID} --query id -o tsv)`,
    "for ROLE in b0afded3-3588-46d8-8b3d-9842eff778da 7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "do az rest --method POST --url https://graph.microsoft.com/v1.0/servicePrincipals/$SP/appRoleAssignments" +
      ' --body "{\\"principalId\\":\\"$SP\\",\\"resourceId\\":\\"$GRAPH\\",\\"appRoleId\\":\\"$ROLE\\"}"',
    "done # a managed identity: it can take a day until it counts",
  ]);
});

it("goes to the Graph of the tenant's cloud", () => {
  const who = { clientId: "c11ent", managed: true, graph: "https://graph.microsoft.us" };
  expect(grantLine(["AuditLog.Read.All"], who)).toContain(
    " --url https://graph.microsoft.us/v1.0/servicePrincipals/$SP/",
  );
});

it.each([
  [[], 1],
  [["Application.Read.All", "AuditLog.Read.All"], 1],
  [["Application.Read.All", "Application.ReadWrite.OwnedBy"], 2],
  [["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"], 3],
  [["RoleManagement.ReadWrite.Directory"], 3],
] as const)("%j is tier %i", (granted, tier) => {
  expect(tierOf(granted)).toBe(tier);
});
