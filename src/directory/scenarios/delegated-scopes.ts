/** The delegated permissions of Microsoft Graph that this slice knows, with their real ids. */

export interface DelegatedScope {
  readonly id: string;
  readonly value: string;
  /** Who may consent: every user for himself, or an administrator only. */
  readonly type: "User" | "Admin";
  readonly says: string;
}

const row = (value: string, id: string, type: "User" | "Admin", says: string): DelegatedScope => ({
  id,
  value,
  type,
  says,
});

export const GRAPH_SCOPES: readonly DelegatedScope[] = [
  row("openid", "37f7f235-527c-4136-accd-4a02d197296e", "User", "Sign users in"),
  row("profile", "14dad69e-099b-42c9-810b-d002981feec1", "User", "View users' basic profile"),
  row("email", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "User", "View users' email address"),
  row("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "User", "Maintain access to data you have given it"),
  row("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "User", "Sign in and read user profile"),
  row("User.ReadWrite", "b4e74841-8e56-480b-be8b-910348b18b4c", "User", "Read and write access to user profile"),
  row("User.ReadBasic.All", "b340eb25-3456-403f-be2f-af7a0d370277", "User", "Read all users' basic profiles"),
  row("User.Read.All", "a154be20-db9c-4678-8ab7-66f6cc099a59", "Admin", "Read all users' full profiles"),
  row("User.ReadWrite.All", "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4", "Admin", "Read and write all users' full profiles"),
  row("Application.Read.All", "c79f8feb-a9db-4090-85f9-90d820caa0eb", "Admin", "Read applications"),
  row("Application.ReadWrite.All", "bdfbf15f-ee85-4955-8675-146e8e5296b5", "Admin", "Read and write all applications"),
  row(
    "AppRoleAssignment.ReadWrite.All",
    "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
    "Admin",
    "Manage app permission grants and app role assignments",
  ),
  row(
    "DelegatedPermissionGrant.ReadWrite.All",
    "41ce6ca6-6826-4807-84f1-1c82854f7ee5",
    "Admin",
    "Manage all delegated permission grants",
  ),
  row("AuditLog.Read.All", "e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20", "Admin", "Read audit log data"),
  row("Directory.Read.All", "06da0dbc-49e2-44d2-8312-53f166ab848a", "Admin", "Read directory data"),
  row("Directory.ReadWrite.All", "c5366453-9fb0-48a5-a156-24f0c49a4b84", "Admin", "Read and write directory data"),
  row(
    "Directory.AccessAsUser.All",
    "0e263e50-5827-48a4-b97c-d940288653c7",
    "Admin",
    "Access the directory as the signed-in user",
  ),
  row("Organization.Read.All", "4908d5b9-3fb2-4b1e-9336-1888b7937185", "Admin", "Read organization information"),
  row("Policy.Read.All", "572fea84-0151-49b2-9301-11cb16974376", "Admin", "Read your organization's policies"),
  row(
    "Policy.ReadWrite.ApplicationConfiguration",
    "b27add92-efb2-4f16-84f5-8108ba77985c",
    "Admin",
    "Read and write your organization's application configuration policies",
  ),
  row("Group.Read.All", "5f8c59db-677d-491f-a6b8-5f174b11ec1d", "Admin", "Read all groups"),
  row("Mail.Read", "570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "User", "Read user mail"),
  row("Mail.Send", "e383f46e-2787-4529-855e-0e479a3ffac0", "User", "Send mail as a user"),
  row("Sites.Read.All", "205e70e5-aba6-4c52-a976-6d2d46c48043", "User", "Read items in all site collections"),
];

/** A scope as a service principal's `oauth2PermissionScopes` shows it. */
export function shownScope({ id, value, type, says }: DelegatedScope): Record<string, unknown> {
  return {
    adminConsentDescription: `Allows the app to do this on behalf of the signed-in user: ${says}.`,
    adminConsentDisplayName: says,
    id,
    isEnabled: true,
    type,
    userConsentDescription: `Allows the app to do this on your behalf: ${says}.`,
    userConsentDisplayName: says,
    value,
  };
}
