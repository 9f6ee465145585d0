/** Registers the demo's web server in its directory, as docs/server.md has people do it in theirs: app roles, who has them, a secret. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";

/** The first of the directory's people, who may all there: what is done with his own rights is not refused. */
export const ADMINISTRATOR = "Adele Vance";
const NAME = "Nolapse portal";
const ROLES = ["Reader", "Operator", "Admin"];

export interface Registration {
  readonly clientId: string;
  /** Of this start; the one of the last start is gone. */
  readonly secret: string;
  /** Says where people come back to. */
  returnTo(url: string): Promise<void>;
}

type Graph = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

const application = z.looseObject({
  id: z.string(),
  appId: z.string(),
  appRoles: z.array(z.looseObject({ id: z.string(), value: z.string() })),
  passwordCredentials: z.array(z.looseObject({ keyId: z.string() })),
});
const listOf = <T extends z.ZodType>(one: T) => z.looseObject({ value: z.array(one) });
const withId = z.looseObject({ id: z.string() });

/** `environment`: what the directory tells programs, with its administrator's sign-in. @throws NolapseError `directory-failed`. */
export async function registerPortal(
  url: string,
  environment: Readonly<Record<string, string>>,
): Promise<Registration> {
  const graph = await graphOf(url, environment);
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
  if (person === undefined || role === undefined) throw failed(`there is no ${ADMINISTRATOR} in the directory`);
  const has = listOf(z.looseObject({ resourceId: z.string(), appRoleId: z.string() })).parse(
    await graph("GET", `/users/${person.id}/appRoleAssignments`),
  );
  if (has.value.some((one) => one.resourceId === principal.id && one.appRoleId === role.id)) return;
  const assignment = { principalId: person.id, resourceId: principal.id, appRoleId: role.id };
  await graph("POST", `/users/${person.id}/appRoleAssignments`, assignment);
}

async function graphOf(url: string, environment: Readonly<Record<string, string>>): Promise<Graph> {
  const { AZURE_TENANT_ID = "", AZURE_CLIENT_ID = "", AZURE_CLIENT_SECRET = "" } = environment;
  const response = await fetch(`${url}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: AZURE_CLIENT_ID,
      client_secret: AZURE_CLIENT_SECRET,
      scope: "https://graph.microsoft.com/.default",
    }),
  });
  const token = z.looseObject({ access_token: z.string() }).safeParse(await response.json());
  if (!token.success) throw failed("its administrator cannot sign in");
  return async (method, path, body) => {
    const answer = await fetch(`${url}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token.data.access_token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw failed(`${method} ${path.split("?")[0]} was answered with ${answer.status}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
}

function failed(why: string): NolapseError {
  return new NolapseError("directory-failed", `the portal could not be registered in the demo's directory: ${why}`, {
    next: "nolapse demo --fresh",
  });
}
