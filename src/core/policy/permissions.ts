/**
 * The application permissions of Microsoft Graph that Nolapse uses, in tiers from harmless to total, and what each feature
 * needs at least (design §4.7). Ids are those of Microsoft's own permission reference.
 */
import type { Mode } from "./settings.ts";

export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

/** 1 reads; 2 writes what it owns; 3 writes everything, which is as much as administering the tenant. */
export type Tier = 1 | 2 | 3;

export interface GraphPermission {
  readonly id: string;
  readonly tier: Tier;
  /** What whoever has it can do. */
  readonly allows: string;
}

export const PERMISSIONS = {
  "Application.Read.All": {
    id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    tier: 1,
    allows: "reads applications, service principals and when their credentials end; never a value",
  },
  "AuditLog.Read.All": {
    id: "b0afded3-3588-46d8-8b3d-9842eff778da",
    tier: 1,
    allows: "reads sign-ins, and who has changed what",
  },
  "Directory.Read.All": {
    id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    tier: 1,
    allows: "reads everything in the directory",
  },
  "User.Read.All": {
    id: "df021288-bdef-4463-88db-98f22de89214",
    tier: 1,
    allows: "reads all users, with their mail addresses",
  },
  "Application.ReadWrite.OwnedBy": {
    id: "18a4783c-866b-4cc7-a460-3d5e5662c884",
    tier: 2,
    allows:
      "changes the applications that it is an owner of, with their credentials, and registers new ones; no others",
  },
  "Application.ReadWrite.All": {
    id: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    tier: 3,
    allows: "changes every application of the tenant: as much as administering it",
  },
} as const satisfies Record<string, GraphPermission>;

export type PermissionName = keyof typeof PERMISSIONS;

/** What else gives the same right. */
const ALSO: Partial<Record<PermissionName, readonly string[]>> = {
  "Application.Read.All": ["Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
  "Application.ReadWrite.OwnedBy": ["Application.ReadWrite.All"],
  "Directory.Read.All": ["Directory.ReadWrite.All"],
  "User.Read.All": ["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
};

/** Something Nolapse is configured to do, and what it takes. */
export interface Feature {
  readonly feature: string;
  readonly needs: readonly PermissionName[];
  /** False: without it Nolapse works, and says what it cannot know. */
  readonly required: boolean;
  /** What is not known then, where the name does not say it. */
  readonly without?: string;
}

/** The features in force, by mode and by what the configuration asks for; `carried`: a target that a person brings values to. */
export function featuresOf(
  mode: Mode,
  asks: { readonly evidence: boolean; readonly owners: boolean; readonly carried: boolean },
): readonly Feature[] {
  return [
    { feature: "scan", needs: ["Application.Read.All"], required: true },
    ...(mode === "observe"
      ? []
      : [{ feature: "rotate what it owns", needs: ["Application.ReadWrite.OwnedBy"], required: true } as const]),
    {
      feature: asks.evidence ? "retire after evidence" : "name who changed a credential",
      needs: ["AuditLog.Read.All", "Directory.Read.All"],
      required: asks.evidence,
    },
    ...(asks.carried
      ? [
          {
            feature: "prove what a person carried",
            needs: ["AuditLog.Read.All", "Directory.Read.All"],
            required: false,
          } as const,
        ]
      : []),
    {
      feature: "show delegated permissions",
      needs: ["Directory.Read.All"],
      required: false,
      without: "an application's Consent in the portal says of them that they may not be read",
    },
    ...(asks.owners ? [{ feature: "mail to owners", needs: ["User.Read.All"], required: true } as const] : []),
  ];
}

/** Whether a feature changes the directory. */
export function isWriting({ needs }: Feature): boolean {
  return needs.some((name) => PERMISSIONS[name].tier > 1);
}

/** The permissions of a feature that are not granted, by any name. */
export function missingOf({ needs }: Feature, granted: readonly string[]): readonly PermissionName[] {
  const has = new Set(granted);
  return needs.filter((name) => !has.has(name) && !(ALSO[name] ?? []).some((other) => has.has(other)));
}

/** Who is granted something. */
export interface Grantee {
  readonly clientId: string | null;
  /** A managed identity: it has a service principal and no app registration. */
  readonly managed: boolean;
  /** The origin of its cloud's Graph; that of the public one where not given. */
  readonly graph?: string;
}

/** The line that grants them; an administrator types it. */
export function grantLine(names: readonly PermissionName[], grantee: Grantee): string {
  return roleGrant(
    names.map((name) => PERMISSIONS[name].id),
    grantee,
  );
}

/**
 * The same for any app roles of Microsoft Graph. `az ad app` finds no managed identity, as it looks among app registrations, so that
 * one is assigned each role itself; and what it is granted counts late, because Azure keeps its tokens
 * (learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-assign-app-role-managed-identity,
 * …/managed-identity-best-practice-recommendations, Limitation of using managed identities for authorization).
 */
export function roleGrant(
  roleIds: readonly string[],
  { clientId, managed, graph = "https://graph.microsoft.com" }: Grantee,
): string {
  const id = clientId ?? "<client id of nolapse>";
  if (managed) {
    const found = (appId: string) => `$(az ad sp show --id ${appId} --query id -o tsv)`;
    return (
      `SP=${found(id)}; GRAPH=${found(GRAPH_APP_ID)}; for ROLE in ${roleIds.join(" ")}; do az rest --method POST` +
      ` --url ${graph}/v1.0/servicePrincipals/$SP/appRoleAssignments` +
      ' --body "{\\"principalId\\":\\"$SP\\",\\"resourceId\\":\\"$GRAPH\\",\\"appRoleId\\":\\"$ROLE\\"}"; done' +
      " # a managed identity: it can take a day until it counts"
    );
  }
  const roles = roleIds.map((one) => `${one}=Role`).join(" ");
  return (
    `az ad app permission add --id ${id} --api ${GRAPH_APP_ID} --api-permissions ${roles}` +
    ` && az ad app permission admin-consent --id ${id}`
  );
}

/** The highest tier among what is granted; names outside the list that write applications or roles count as total. */
export function tierOf(granted: readonly string[]): Tier {
  const tiers = granted.map((name): Tier => {
    if (name in PERMISSIONS) return PERMISSIONS[name as PermissionName].tier;
    return /^(Directory\.ReadWrite|RoleManagement\.ReadWrite|AppRoleAssignment\.ReadWrite)/.test(name) ? 3 : 1;
  });
  return tiers.includes(3) ? 3 : tiers.includes(2) ? 2 : 1;
}
