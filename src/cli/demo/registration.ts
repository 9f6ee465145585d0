/** Registers the demo's web server in its directory, as docs/server.md has people do it in theirs: app roles, who has them, a secret. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { failed, type Graph, graphOf, listOf } from "./graph.ts";

/** The first of the directory's people, who may all there: what is done with his own rights is not refused. */
export const ADMINISTRATOR = "Adele Vance";
const NAME = "Nolapse portal";
const PORTAL = "the portal could not be registered in the demo's directory";
const ROLES = ["Reader", "Operator", "Admin"];

export interface Registration {
  readonly clientId: string;
  /** Of this start; the one of the last start is gone. */
  readonly secret: string;
  /** Says where people come back to. */
  returnTo(url: string): Promise<void>;
}

const application = z.looseObject({
  id: z.string(),
  appId: z.string(),
  appRoles: z.array(z.looseObject({ id: z.string(), value: z.string() })),
  passwordCredentials: z.array(z.looseObject({ keyId: z.string() })),
});
const withId = z.looseObject({ id: z.string() });

/** `environment`: what the directory tells programs, with its administrator's sign-in. @throws NolapseError `directory-failed`. */
export async function registerPortal(
  url: string,
  environment: Readonly<Record<string, string>>,
): Promise<Registration> {
  const graph = await graphOf(url, environment, PORTAL);
  const filter = encodeURIComponent(`displayName eq '${NAME}'`);
  const [known] = listOf(application).parse(await graph("GET", `/applications?$filter=${filter}`)).value;
  const ours = known ?? (await create(graph));
  await appoint(graph, ours);
  for (const { keyId } of ours.passwordCredentials)
    await graph("POST", `/applications/${ours.id}/removePassword`, { keyId });
  const { secretText } = z
    .looseObject({ secretText: z.string() })
    .parse(
      await graph("POST", `/applications/${ours.id}/addPassword`, { passwordCredential: { displayName: "demo" } }),
    );
  return {
    clientId: ours.appId,
    secret: secretText,
    returnTo: async (to) => {
      await graph("PATCH", `/applications/${ours.id}`, { web: { redirectUris: [to] } });
    },
  };
}

async function create(graph: Graph): Promise<z.infer<typeof application>> {
  const appRoles = ROLES.map((value) => ({
    id: randomUUID(),
    value,
    displayName: value,
    description: `${value} of Nolapse`,
    isEnabled: true,
    allowedMemberTypes: ["User", "Application"],
  }));
  const body = { displayName: NAME, signInAudience: "AzureADMyOrg", appRoles, api: { requestedAccessTokenVersion: 2 } };
  const made = application.parse(await graph("POST", "/applications", body));
  await graph("POST", "/servicePrincipals", { appId: made.appId });
  return made;
}

/** Makes the demo's administrator an Admin of Nolapse, if he is none: a demo of before had another one. */
async function appoint(graph: Graph, { appId, appRoles }: z.infer<typeof application>): Promise<void> {
  const principal = withId.parse(await graph("GET", `/servicePrincipals(appId='${appId}')`));
  const filter = encodeURIComponent(`displayName eq '${ADMINISTRATOR}'`);
  const [person] = listOf(withId).parse(await graph("GET", `/users?$filter=${filter}`)).value;
  const role = appRoles.find(({ value }) => value === "Admin");
  if (person === undefined || role === undefined) throw failed(PORTAL, `there is no ${ADMINISTRATOR} in the directory`);
  const has = listOf(z.looseObject({ resourceId: z.string(), appRoleId: z.string() })).parse(
    await graph("GET", `/users/${person.id}/appRoleAssignments`),
  );
  if (has.value.some((one) => one.resourceId === principal.id && one.appRoleId === role.id)) return;
  const assignment = { principalId: person.id, resourceId: principal.id, appRoleId: role.id };
  await graph("POST", `/users/${person.id}/appRoleAssignments`, assignment);
}
