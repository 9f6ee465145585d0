/** Microsoft Graph's own appId: the resource of every permission below. */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";
export const GRAPH_URI = "https://graph.microsoft.com";
/** The tenant Microsoft's own applications belong to. */
export const MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/** The application permissions of Microsoft Graph that this slice knows, with their real ids. */
export const APP_ROLES: Readonly<Record<string, string>> = {
  "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
  "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
  "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
  "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
  "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
  "DelegatedPermissionGrant.ReadWrite.All": "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
  "DirectoryRecommendations.Read.All": "ae73097b-cb2a-4447-b064-5d80f6093921",
  "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
  "Directory.ReadWrite.All": "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
  "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
  "Mail.Read": "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
  "Mail.Send": "b633e1c5-b582-4048-a93e-9f11b44c7e96",
  "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
  "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
  "Policy.ReadWrite.ApplicationConfiguration": "be74164b-cff1-491c-8741-e671cb536e13",
  "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
  "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
  "Sites.Read.All": "332a536c-c7ef-4017-ab91-336970924f0d",
  "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
  "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
};

/** What this slice asks for: the permissions of a scenario's administrator application. */
export const SLICE_PERMISSIONS: readonly string[] = [
  "Application.Read.All",
  "Application.ReadWrite.All",
  "Application.ReadWrite.OwnedBy",
  "AppRoleAssignment.ReadWrite.All",
  "AuditLog.Read.All",
  "DelegatedPermissionGrant.ReadWrite.All",
  "Directory.Read.All",
  "DirectoryRecommendations.Read.All",
  "Organization.Read.All",
  "Policy.Read.All",
  "Policy.ReadWrite.ApplicationConfiguration",
  "RoleManagement.ReadWrite.Directory",
];

const READ = ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE = ["Application.ReadWrite.All"];
const GRANTS = ["DelegatedPermissionGrant.ReadWrite.All"];
const USERS = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const ME = ["User.Read", "User.ReadWrite", "User.ReadBasic.All", ...USERS];

/** Who may use a route: any of `roles`, or `Application.ReadWrite.OwnedBy` under the condition of `ownedBy`. */
export interface Access {
  roles: readonly string[];
  /**
   * `owner`: the caller's service principal is an owner of the object. `always`: no object is involved yet (create), or the whole
   * list is open to this permission, as administrators report (reference graph-applications, open point 10).
   */
  ownedBy?: "owner" | "always";
  /** Every member of the tenant may through an application with the scope; else administrators, and owners of the object. */
  members?: true;
  /** Of people, administrators alone: who owns an application must not be able to give it more than he has. */
  admins?: true;
  /** The application itself may, without any permission: it proves that it holds one of its own keys. */
  self?: true;
}

export const access = {
  list: { roles: READ, ownedBy: "always", members: true },
  read: { roles: READ, ownedBy: "owner", members: true },
  create: { roles: WRITE, ownedBy: "always", members: true },
  write: { roles: WRITE, ownedBy: "owner" },
  bin: { roles: WRITE, ownedBy: "always" },
  rollKey: { roles: WRITE, ownedBy: "owner", self: true },
  assignRoles: { roles: ["AppRoleAssignment.ReadWrite.All"], admins: true },
  grants: { roles: [...GRANTS, "Directory.Read.All", "Directory.ReadWrite.All"], members: true },
  writeGrants: { roles: GRANTS },
  readDirectoryRoles: {
    roles: [
      "RoleManagement.Read.Directory",
      "RoleManagement.ReadWrite.Directory",
      "Directory.Read.All",
      "Directory.ReadWrite.All",
    ],
    members: true,
  },
  assignDirectoryRoles: { roles: ["RoleManagement.ReadWrite.Directory"], admins: true },
  me: { roles: ME, members: true },
  readPolicies: { roles: ["Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration"] },
  writePolicies: { roles: ["Policy.ReadWrite.ApplicationConfiguration"] },
  users: { roles: ["User.ReadBasic.All", ...USERS], members: true },
  recommendations: { roles: ["DirectoryRecommendations.Read.All"] },
  logs: { roles: ["AuditLog.Read.All"] },
  organization: { roles: ["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"], members: true },
} as const satisfies Record<string, Access>;
