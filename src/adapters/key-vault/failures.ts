/**
 * What an answer of Key Vault means (learn.microsoft.com/azure/key-vault/general/rest-error-codes and …/common-error-codes):
 * absent, forbidden, firewalled, disabled and unreachable are different answers, each with the line that mends it. The
 * library's own error is never kept: it holds the request, with bearer token and value.
 */
import { isRestError, type RestError } from "@azure/core-rest-pipeline";
import { NolapseError } from "../../core/errors.ts";
import { SECOND } from "../../core/time.ts";

/** What was being done, for the message and for the command that mends it. */
export interface VaultDoing {
  readonly vault: string;
  readonly kind: "secret" | "certificate" | "key";
  readonly name: string;
  /** As the permission is called in access policies. */
  readonly verb: "get" | "list" | "set" | "import" | "update" | "wrapKey" | "unwrapKey";
  /** Nolapse's own client id, where it is known. */
  readonly client: string | null;
}

/** The least built-in role for each kind (learn.microsoft.com/azure/key-vault/general/rbac-guide). */
const ROLES = {
  secret: "Key Vault Secrets Officer",
  certificate: "Key Vault Certificates Officer",
  key: "Key Vault Crypto Service Encryption User",
} as const;

/** OpenSSL's and Node.js' names begin so for "this chain does not end at a CA we trust, or is not for this host". */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH/;

/** The short codes of an error answer, outer and inner; never its text, but for the address a firewall has refused. */
export interface VaultAnswer {
  readonly status: number | null;
  readonly code: string | null;
  readonly inner: string | null;
  readonly address: string | null;
  readonly retryAfter: number | null;
}

/** Null when no answer came. */
export function answerOf(thrown: unknown): VaultAnswer | null {
  if (!isRestError(thrown) || thrown.statusCode === undefined) return null;
  const error = errorIn(thrown);
  const message = typeof error?.message === "string" ? error.message : "";
  const seconds = Number(thrown.response?.headers.get("retry-after"));
  return {
    status: thrown.statusCode,
    code: word(error?.code),
    // the wire says innererror, the clients' own models innerError
    inner: word(((error?.innererror ?? error?.innerError) as { code?: unknown } | undefined)?.code),
    address: /Client address: (?<ip>[0-9a-fA-F.:]+)/.exec(message)?.groups?.ip ?? null,
    retryAfter: seconds > 0 ? seconds * SECOND : null,
  };
}

function errorIn({ response, details }: RestError): Record<string, unknown> | null {
  try {
    const body: unknown = response?.bodyAsText ? JSON.parse(response.bodyAsText) : details;
    const { error } = (body ?? {}) as { error?: unknown };
    return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function word(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z0-9_]{1,60}$/.test(value) ? value : null;
}

/** Key Vault's host is `<vault>.vault.azure.net`, so the first label is what `az` calls it. */
export function vaultName(url: string): string {
  const { hostname, host } = new URL(url);
  return /^\d|^\[|^localhost$/.test(hostname) ? host : (hostname.split(".")[0] ?? host);
}

/** The error for anything that was thrown while something was done to a vault. */
export function vaultFailure(thrown: unknown, doing: VaultDoing): NolapseError {
  if (thrown instanceof NolapseError) return thrown;
  const what = `${doing.kind} ${doing.name} of ${doing.vault}`;
  const answer = answerOf(thrown);
  if (answer === null) return noAnswer(thrown, doing, what);
  const { status, retryAfter } = answer;
  const label = [status, answer.code, answer.inner].filter((one) => one !== null).join(" ");
  if (status === 403) return forbidden(answer, doing, what, label);
  if (status === 401) {
    return new NolapseError("target-forbidden", `${what}: the vault does not take Nolapse's token (${label})`, {
      next: `compare the tenant: az keyvault show --name ${vaultName(doing.vault)} --query properties.tenantId; then set auth of the target`,
    });
  }
  if (status === 409) return conflict(answer, doing, what, label);
  if (status === 429) {
    return new NolapseError("target-failed", `${what}: the vault asks to slow down (${label})`, {
      next: "wait; nolapse tries again by itself",
      retryAfter,
    });
  }
  return new NolapseError("target-failed", `${what}: the vault refused to ${doing.verb} it (${label})`, {
    next: "look up the code; nolapse tries again by itself and the old credential stays",
    retryAfter,
  });
}

function forbidden({ inner, address }: VaultAnswer, doing: VaultDoing, what: string, label: string): NolapseError {
  const { kind, name, verb, client } = doing;
  const vault = vaultName(doing.vault);
  const as = (why: string, next: string) =>
    new NolapseError("target-forbidden", `${what}: ${why} (${label})`, { next });
  if (inner === "ForbiddenByFirewall") {
    return as(
      "the vault's firewall refuses this machine's address",
      `az keyvault network-rule add --name ${vault} --ip-address ${address ?? "<address of this machine>"}`,
    );
  }
  if (inner === "ForbiddenByConnection") {
    return as(
      "the vault takes no connection from the public network",
      `run nolapse where the vault's private endpoint is, or az keyvault update --name ${vault} --public-network-access Enabled`,
    );
  }
  if (inner !== null && /Disabled$/.test(inner)) {
    return as(
      `its ${verb === "unwrapKey" ? "" : "current "}version is disabled`,
      `az keyvault ${kind} set-attributes --vault-name ${vault} --name ${name} --enabled true`,
    );
  }
  const who = client ?? "<client id of nolapse>";
  if (inner === "ForbiddenByRbac") {
    return as(
      `Nolapse may not ${verb} it`,
      `az role assignment create --role "${ROLES[kind]}" --assignee ${who} --scope $(az keyvault show --name ${vault} --query id -o tsv)`,
    );
  }
  return as(
    `Nolapse may not ${verb} it`,
    `az keyvault set-policy --name ${vault} --spn ${who} --${kind}-permissions get list ${verb}`,
  );
}

function conflict({ inner }: VaultAnswer, doing: VaultDoing, what: string, label: string): NolapseError {
  if (inner === "ObjectIsDeletedButRecoverable") return deletedName(doing);
  const why =
    inner === "ObjectIsBeingDeleted" || inner === "ObjectIsBeingRecovered" ? "is being deleted or recovered" : "";
  return new NolapseError("target-failed", `${what} ${why === "" ? "is in conflict" : why} (${label})`, {
    next: "wait; nolapse tries again by itself",
  });
}

/** The name is taken by an object that was deleted and can still be recovered. */
export function deletedName({ vault, kind, name }: Pick<VaultDoing, "vault" | "kind" | "name">): NolapseError {
  const at = `--vault-name ${vaultName(vault)} --name ${name}`;
  return new NolapseError("target-absent", `${kind} ${name} of ${vault} was deleted, and its name is still taken`, {
    next: `az keyvault ${kind} recover ${at} (or purge it for good: az keyvault ${kind} purge ${at})`,
  });
}

function noAnswer(thrown: unknown, { vault }: VaultDoing, what: string): NolapseError {
  const code = systemCode(thrown);
  if (code === "ENOTFOUND") {
    return new NolapseError("target-absent", `${what}: there is no vault of this name (${code})`, {
      next: `az keyvault show --name ${vaultName(vault)}, or az keyvault list-deleted; with a private endpoint look at its DNS zone`,
    });
  }
  if (code !== null && UNTRUSTED.test(code)) {
    return new NolapseError("certificate-untrusted", `${what}: the vault's TLS certificate is not trusted (${code})`, {
      next: "give the issuing CA in NODE_EXTRA_CA_CERTS",
    });
  }
  if (thrown instanceof Error && /challenge/.test(thrown.message)) {
    return new NolapseError("target-forbidden", `${what}: it asks for a token of another service than a vault's`, {
      next: `check the address ${vault}: it must be a Key Vault's own`,
    });
  }
  return new NolapseError("target-unreachable", `${what}: no answer (${code ?? "timed out"})`, {
    next: "check network, proxy and firewall; nolapse tries again by itself",
  });
}

function systemCode(thrown: unknown, depth = 0): string | null {
  if (!(thrown instanceof Error) || depth > 4) return null;
  const code: unknown = "code" in thrown ? thrown.code : null;
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) && code !== "REQUEST_SEND_ERROR") return code;
  return systemCode(thrown.cause, depth + 1);
}
