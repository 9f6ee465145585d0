/** The lines of `nolapse.yaml` for a place of each kind, as they are given to people; the page of docs/targets has the same first line. */

export interface TargetKind {
  /** What it is, for who chooses. */
  readonly what: string;
  /** Its entry in `targets`, without its indentation. */
  readonly line: string;
}

/** By their `type`, the usual ones first. */
export const TARGET_KINDS = {
  "key-vault": {
    what: "a secret or a certificate of Azure Key Vault",
    line: "billing-kv: { type: key-vault, vault: https://billing.vault.azure.net, name: billing-secret }",
  },
  "env-file": {
    what: "one variable of a dotenv file",
    line: "billing-env: { type: env-file, path: ./apps/billing/.env, secret: AZURE_CLIENT_SECRET, reload: 1m }",
  },
  "certificate-file": {
    what: "a certificate and its private key, as PEM or PFX",
    line: "billing-cert: { type: certificate-file, path: ./apps/billing/app.pem, reload: 5m }",
  },
  "local-vault": {
    what: "a folder that keeps versions, for programs on the same machine",
    line: "hub-api: { type: local-vault, path: ./vault, name: hub-api, reload: 5m }",
  },
  manual: {
    what: "a place that only a person can reach",
    line: 'crm-vendor: { type: manual, person: ann@contoso.com, console: "https://vendor.example, Settings, API access" }',
  },
} as const satisfies Readonly<Record<string, TargetKind>>;

export type TargetType = keyof typeof TARGET_KINDS;

/** An application's entry stands for one of theirs. */
const SOMEBODY = "00000000-0000-0000-0000-000000000000";

/** The place, and the entry of an application whose value goes there. */
export function targetLines(type: TargetType): string {
  const { line } = TARGET_KINDS[type];
  const name = line.slice(0, line.indexOf(":"));
  return `targets:\n  ${line}\napplications:\n  - appId: ${SOMEBODY} # its client id\n    targets: [${name}]\n`;
}
