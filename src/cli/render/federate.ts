/** What a person has to do so that an application signs in by federation. */
import { EXCHANGE_AUDIENCE, GITHUB_ISSUER } from "../../core/credentials/federation.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";

/** The consumer's half of the work; nothing where it is not wanted any more. */
export function federationLines({ federated, holder, tenantId, state, displayName, replacesKind }: Rotation): string[] {
  if (federated === undefined || state !== "delivered") return [];
  const ids = [`client-id: ${holder.appId}`, `tenant-id: ${tenantId}`];
  return [
    "",
    `${displayName} takes tokens of ${federated.issuer}`,
    `  with the subject  ${federated.subject}`,
    `  and the audience  ${EXCHANGE_AUDIENCE}`,
    "",
    "what to do:",
    ...(federated.issuer === GITHUB_ISSUER
      ? [
          "  1. in the workflow: permissions: { id-token: write, contents: read }, and azure/login with",
          ...ids.map((line) => `       ${line}`),
          "     and without client-secret or creds",
        ]
      : [
          "  1. let the workload sign in with its own token as client assertion:",
          ...ids.map((line) => `       ${line}`),
        ]),
    "  2. let it run once; nolapse run sees the sign-in in the log, some minutes later",
    `  3. nothing more: the ${replacesKind} goes by the policy, when nobody signs in with it any more`,
  ];
}
