/** The tenant that the stage plays in: who is in it, what is registered, and which roles they have in the portal. */
import { GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import type { Directory } from "../../src/directory/index.ts";
import type { Graph } from "../directory/entra.ts";

export const PORTAL = "aaaaaaaa-1111-4222-8333-444444444444";
const ROLE_IDS = {
  Reader: "aaaaaaaa-0000-4000-8000-000000000001",
  Operator: "aaaaaaaa-0000-4000-8000-000000000002",
  Admin: "aaaaaaaa-0000-4000-8000-000000000003",
} as const;

/** Whose name it is and which role he has; Oswin has none and owns app-1. */
export const PEOPLE = {
  Ann: "Admin",
  Amy: "Admin",
  Otto: "Operator",
  Rita: "Reader",
  Oswin: null,
} as const;

/** What an owner might call his application. */
export const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e\r\nSet-Cookie: a=b`;

export const FABRIKAM = "bbbbbbbb-1111-4222-8333-444444444444";

/** Signs Nolapse in to Fabrikam, where that is open as well. */
export const KEEPER = "cccccccc-1111-4222-8333-444444444444";

const secrets = (end: string) => [{ name: "made by hand", end }];

/** They end before what ends in Contoso, and between that. */
const ownOfFabrikam = [
  {
    name: "keeper",
    appId: KEEPER,
    secrets: secrets("P390D"),
    permissions: ["Application.Read.All", "Directory.Read.All"],
  },
  { name: "brittle", secrets: secrets("P5D") },
  { name: "lasting", secrets: secrets("P300D") },
];

/** `both`: Fabrikam has applications of its own, and one that Nolapse signs in with. */
export function scenario(both = false) {
  const users = Object.keys(PEOPLE).map((name) => ({ name, upn: `${name.toLowerCase()}@contoso.example` }));
  const [first, ...others] = users;
  return {
    tenants: [
      {
        name: "Contoso",
        domains: ["contoso.example"],
        users: [{ ...(first as (typeof users)[number]), roles: ["Global Administrator"] }, ...others],
        applications: [
          {
            name: "portal",
            appId: PORTAL,
            audience: "AzureADMultipleOrgs",
            redirectUris: ["http://localhost/"],
            secrets: secrets("P400D"),
          },
          { name: "app-1", owners: ["Oswin"], secrets: secrets("P10D") },
          { name: "app-2", owners: ["Rita"], secrets: secrets("P400D") },
          { name: "carried", secrets: secrets("P10D") },
          { name: "mighty", secrets: secrets("P10D"), permissions: ["Application.ReadWrite.All"] },
          { name: HOSTILE, secrets: secrets("P200D") },
          { name: "robot", secrets: secrets("P400D") },
          { name: "reader-robot", secrets: secrets("P400D") },
          { name: "stranger", secrets: secrets("P400D") },
        ],
      },
      {
        name: "Fabrikam",
        id: FABRIKAM,
        domains: ["fabrikam.example"],
        users: [{ name: "Wanda", upn: "wanda@fabrikam.example" }],
        applications: [
          { name: "outsider", audience: "AzureADMultipleOrgs", secrets: secrets("P400D") },
          ...(both ? ownOfFabrikam : []),
        ],
        consented: [PORTAL],
      },
    ],
  };
}

export async function registered(directory: Directory) {
  const found = new Map<string, { appId: string; objectId: string; secret: string }>();
  for (const { entity } of directory.state().applications) {
    const [held] = (entity.passwordCredentials ?? []) as { keyId: string }[];
    const secret = held === undefined ? "" : (directory.values.get(held.keyId) ?? "");
    found.set(String(entity.displayName), { appId: String(entity.appId), objectId: String(entity.id), secret });
  }
  return found;
}

export type Applications = Awaited<ReturnType<typeof registered>>;

/** App roles, and who has them; gives the server's own secret. */
export async function registerPortal(graph: Graph, applications: Applications): Promise<string> {
  const portal = applications.get("portal");
  const appRoles = Object.entries(ROLE_IDS).map(([value, id]) => ({
    id,
    value,
    displayName: value,
    description: value,
    isEnabled: true,
    allowedMemberTypes: ["User", "Application"],
  }));
  const patched = await graph("PATCH", `/applications/${portal?.objectId}`, {
    appRoles,
    api: { requestedAccessTokenVersion: 2 },
  });
  if (patched.status !== 204) throw new Error(`the roles were not made: ${JSON.stringify(patched.body)}`);
  const principalOf = async (appId: string) =>
    (await graph("GET", `/servicePrincipals(appId='${appId}')`)).body.id as string;
  const resourceId = await principalOf(PORTAL);
  const assign = async (principalId: string, kind: "users" | "servicePrincipals", role: keyof typeof ROLE_IDS) => {
    const made = await graph("POST", `/${kind}/${principalId}/appRoleAssignments`, {
      principalId,
      resourceId,
      appRoleId: ROLE_IDS[role],
    });
    if (made.status !== 201) throw new Error(`${role} was not assigned: ${JSON.stringify(made.body)}`);
  };
  for (const [name, role] of Object.entries(PEOPLE)) {
    if (role === null) continue;
    const { body } = await graph("GET", `/users/${name.toLowerCase()}@contoso.example`);
    await assign(body.id, "users", role);
  }
  // an administrator has consented for everybody, as docs/server.md says
  const grant = { clientId: resourceId, consentType: "AllPrincipals", resourceId: await principalOf(GRAPH_APP_ID) };
  const granted = await graph("POST", "/oauth2PermissionGrants", { ...grant, scope: "Application.ReadWrite.All" });
  if (granted.status !== 201) throw new Error(`the scope was not granted: ${JSON.stringify(granted.body)}`);
  await assign(await principalOf(applications.get("robot")?.appId ?? ""), "servicePrincipals", "Operator");
  await assign(await principalOf(applications.get("reader-robot")?.appId ?? ""), "servicePrincipals", "Reader");
  return portal?.secret ?? "";
}
