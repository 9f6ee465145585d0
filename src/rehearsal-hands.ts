/**
 * What people and other tools do in the tenant of a rehearsal, past every fault: they register applications, add and remove credentials,
 * write lists, grant roles. Over Graph where somebody else would go that way; the truth is read from the directory itself.
 */
import { X509Certificate } from "node:crypto";
import { certificatePem } from "./core/credentials/certificate-value.ts";
import type { HolderRef, Kind } from "./core/credentials/credential.ts";
import { GRAPH_APP_ID } from "./core/policy/privilege.ts";
import { SecretValue } from "./core/secret-value.ts";
import { DAY, epochMs, formatInstant, parseInstant } from "./core/time.ts";
import type { Directory, FaultPlanInput, ScenarioApplication } from "./directory/index.ts";
import type { Issuer } from "./ports/issuer.ts";
import type {
  FirstOfAll,
  MadeByHand,
  Outside,
  PrivilegeKind,
  Registered,
  TrueCredential,
} from "./rehearse/stage/ground.ts";

/** The fewest resource units. */
export const SMALL = { size: "S" } as const;

/** Somebody else with rights of his own. */
export function othersClient(directory: Directory): Promise<ByHand["client"]> {
  return clientWith(directory, "Other hands", [
    "Application.ReadWrite.All",
    "Policy.ReadWrite.ApplicationConfiguration",
  ]);
}

async function clientWith(directory: Directory, name: string, permissions: string[]): Promise<ByHand["client"]> {
  const [made] = await directory.seed([{ name, permissions, secrets: [{ end: "P200Y" }] }]);
  return { clientId: made?.appId ?? "", clientSecret: made?.secrets[0]?.value ?? "" };
}

/** What people and other tools work with. */
export interface ByHand {
  readonly directory: Directory;
  /** Another one than Nolapse's own: the audit log tells them apart. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Who grants roles; made when the first one is granted, as it is part of no tenant where none is. */
  grantor: ByHand["client"] | null;
  /** What was granted, as the directory names it: by principal and kind. */
  readonly grants: Map<string, string>;
  /** Makes their certificates. */
  readonly issuer: Issuer;
  readonly faults: () => FaultPlanInput;
}

/** Registers an application as somebody did before Nolapse came. @throws Error where the directory does not. */
export async function register(
  hands: ByHand,
  displayName: string,
  first: FirstOfAll,
  more: Partial<ScenarioApplication>,
): Promise<Registered> {
  const { directory } = hands;
  const secrets = first.kind === "certificate" ? [] : [{ name: first.name, end: formatInstant(first.end) }];
  const permissions = first.privileged === true ? ["Application.ReadWrite.All"] : [];
  const [made] = await directory.seed([{ name: displayName, secrets, permissions, ...more }]);
  if (made?.id === undefined) throw new Error(`the directory did not register ${displayName}`);
  const holder = { type: "application", objectId: made.id, appId: made.appId } as const;
  if (first.kind === "certificate") return firstCertificate(hands, holder, first);
  const [secret] = made.secrets;
  if (secret === undefined) throw new Error(`the directory made no secret for ${displayName}`);
  return { holder, keyId: secret.keyId, value: new SecretValue(secret.value), end: first.end };
}

async function firstCertificate(hands: ByHand, holder: HolderRef, first: MadeByHand): Promise<Registered> {
  const { value, entry } = await certificateOf(hands, first);
  await callerOf(hands)("PATCH", `/applications/${holder.objectId}`, { keyCredentials: [entry] });
  const [there] = truth(hands.directory, holder).filter(({ kind }) => kind === "certificate");
  if (there === undefined) throw new Error("the directory took no first certificate");
  return { holder, keyId: there.keyId, value, end: first.end };
}

/** A certificate made by hand, and its entry for a list. */
async function certificateOf({ directory, issuer }: ByHand, { name, end }: MadeByHand) {
  const notBefore = epochMs(directory.clock.now() - DAY);
  const { value } = await issuer.issue({ commonName: name, keySize: 2048, notBefore, notAfter: end });
  const key = new X509Certificate(value.certificate).raw.toString("base64");
  return { value, entry: { type: "AsymmetricX509Cert", usage: "Verify", displayName: name, key } };
}

/** What the directory holds, past every lag: from its state, which no fault reaches. */
export function truth(directory: Directory, holder: HolderRef): readonly TrueCredential[] {
  const object = directory.object(holder.objectId);
  const entries = (kind: Kind) =>
    (object?.[kind === "secret" ? "passwordCredentials" : "keyCredentials"] ?? []) as readonly Record<
      string,
      string | null
    >[];
  return (["secret", "certificate"] as const).flatMap((kind) =>
    entries(kind).map(({ keyId, displayName, hint, startDateTime, endDateTime, usage, key }) => ({
      keyId: keyId ?? "",
      kind,
      name: displayName ?? null,
      hint: hint ?? null,
      start: parseInstant(startDateTime ?? ""),
      end: parseInstant(endDateTime ?? ""),
      usage: kind === "secret" ? null : usage === "Verify" ? "verify" : "other",
      customKeyIdentifier: null,
      certificate: null,
      publicPart: key == null ? null : certificatePem(key),
    })),
  );
}

type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** One request over Graph, as somebody who may do all this, in a moment without faults. */
function callerOf(
  { directory, client, faults }: Pick<ByHand, "directory" | "client" | "faults">,
  limits?: FaultPlanInput["limits"],
): Call {
  const { admin, url } = directory;
  const post = { "content-type": "application/json" };
  const calmly: Call = async (method, path, body) => {
    const answered = await directory.plainFetch(`${url}/${admin.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: client.clientId,
        client_secret: client.clientSecret,
        scope: `${url}/.default`,
      }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const { access_token } = JSON.parse(await answered.text()) as { access_token: string };
    const answer = await directory.plainFetch(`${url}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}`, ...(body === undefined ? {} : post) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // what is gone already, or cannot be found, is as it should be: other hands do not coordinate
    const isFine = [400, 404, ...(limits === undefined ? [] : [429])].includes(answer.status);
    const isDone = answer.status < 300;
    if (!isDone && !isFine) {
      throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    }
    return isDone && text !== "" ? (JSON.parse(text) as Record<string, unknown>) : {};
  };
  return async (method, path, body) => {
    directory.faults.set({ rules: [], ...(limits === undefined ? {} : { limits }) });
    try {
      return await calmly(method, path, body);
    } finally {
      directory.faults.set(faults());
    }
  };
}

/** The hands of others. */
export function outsideOf(hands: ByHand): Outside {
  const call = callerOf(hands);
  return {
    async addSecret(holder, { name, end }) {
      const passwordCredential = { displayName: name, endDateTime: formatInstant(end) };
      const made = await call("POST", `/applications/${holder.objectId}/addPassword`, { passwordCredential });
      const [keyId, value] = [String(made.keyId ?? ""), String(made.secretText ?? "none was made")];
      return { holder, keyId, value: new SecretValue(value), end };
    },
    async removeSecret(holder, keyId) {
      await call("POST", `/applications/${holder.objectId}/removePassword`, { keyId });
    },
    async readList(holder) {
      const { keyCredentials } = await call("GET", `/applications/${holder.objectId}?$select=keyCredentials`);
      return ((keyCredentials ?? []) as unknown[]).map((entry) => JSON.stringify(entry));
    },
    async writeList(holder, { kept, added }) {
      const fresh = added === null ? [] : [{ ...(await certificateOf(hands, added)).entry, keyId: added.keyId }];
      const keyCredentials = [...kept.map((entry) => JSON.parse(entry) as unknown), ...fresh];
      await call("PATCH", `/applications/${holder.objectId}`, { keyCredentials });
    },
    async readsKeys(times) {
      const spending = callerOf(hands, SMALL);
      for (let time = 0; time < times; time += 1) await spending("GET", "/applications?$select=keyCredentials&$top=1");
    },
    async deleteApplication(holder) {
      await call("DELETE", `/applications/${holder.objectId}`);
    },
    async restoreApplication(holder) {
      await call("POST", `/directory/deletedItems/${holder.objectId}/restore`, {});
    },
    grantRole: (holder, by) => grantRole(hands, holder, by),
    revokeRole: (principalId, by) => revokeRole(hands, principalId, by),
    async limitSecrets(longest) {
      const restriction =
        longest === null
          ? { restrictionType: "passwordAddition", maxLifetime: null }
          : { restrictionType: "passwordLifetime", maxLifetime: `P${Math.floor((longest as number) / DAY)}D` };
      await call("PATCH", "/policies/defaultAppManagementPolicy", {
        isEnabled: longest !== "none",
        applicationRestrictions: { passwordCredentials: longest === "none" ? [] : [restriction], keyCredentials: [] },
      });
    },
  };
}

/** What the roles are asked with, and where they are kept. */
const ROLES: Readonly<
  Record<PrivilegeKind, { readonly path: string; body(principalId: string, graph: string): object }>
> = {
  "app-role": {
    path: "appRoleAssignments",
    // RoleManagement.ReadWrite.Directory
    body: (principalId, resourceId) => ({ principalId, resourceId, appRoleId: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8" }),
  },
  "directory-role": {
    path: "/roleManagement/directory/roleAssignments",
    // Application Administrator
    body: (principalId) => ({
      principalId,
      roleDefinitionId: "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
      directoryScopeId: "/",
    }),
  },
};

function pathOf(by: PrivilegeKind, principalId: string): string {
  return by === "app-role" ? `/servicePrincipals/${principalId}/${ROLES[by].path}` : ROLES[by].path;
}

async function grantorOf(hands: ByHand): Promise<Call> {
  const permissions = ["AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "Application.Read.All"];
  hands.grantor ??= await clientWith(hands.directory, "Grants roles", permissions);
  return callerOf({ ...hands, client: hands.grantor });
}

async function grantRole(hands: ByHand, { appId }: HolderRef, by: PrivilegeKind): Promise<string | null> {
  const call = await grantorOf(hands);
  const idOf = async (whose: string) => {
    const { value = [] } = await call("GET", `/servicePrincipals?$filter=appId eq '${whose}'&$select=id`);
    return (value as readonly { readonly id: string }[])[0]?.id;
  };
  const [own, graph] = [await idOf(appId), await idOf(GRAPH_APP_ID)];
  if (own === undefined || graph === undefined) return null;
  const { id } = await call("POST", pathOf(by, own), ROLES[by].body(own, graph));
  if (typeof id !== "string") return null;
  hands.grants.set(`${by} ${own}`, id);
  return own;
}

async function revokeRole(hands: ByHand, principalId: string, by: PrivilegeKind): Promise<void> {
  const id = hands.grants.get(`${by} ${principalId}`);
  if (id !== undefined) await (await grantorOf(hands))("DELETE", `${pathOf(by, principalId)}/${id}`);
}
