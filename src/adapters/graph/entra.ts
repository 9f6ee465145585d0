import type { Credential, HolderRef, HolderType } from "../../core/credentials/credential.ts";
import type { Grant } from "../../core/policy/privilege.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type {
  AddSecretOutcome,
  CertificatePage,
  Entra,
  GrantPage,
  HolderPage,
  RemoveCredentialOutcome,
} from "../../ports/entra.ts";
import type { Spender } from "./budget.ts";
import {
  bodyOf,
  describe,
  type GraphCalls,
  NAMES,
  PATHS,
  removalOf,
  requestOf,
  requireSame,
  serviceTimeOf,
  unsettled,
  wholeSeconds,
} from "./calls.ts";
import { canonicalId, type JsonObject, parseObject, textAt } from "./json.ts";
import { certificateFrom, holderFrom, list, requiredText, secretFrom, unreadable } from "./map.ts";

/** The most Graph gives. No `$select`: the default carries both credential lists, and selecting them is throttled. */
const PAGE_SIZE = 999;
/** Characters of a list that is kept to be known again: about 400 objects. */
const MOST_KEPT = 1_000_000;

const ROLES = [{ name: "RoleManagement.Read.Directory", id: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c" }] as const;

/** Applications and service principals of one tenant through Microsoft Graph. */
export class GraphEntra implements Entra {
  readonly #calls: GraphCalls;
  readonly #budget: Pick<Spender, "noteAudience"> | null;
  /** The last list of each type that came in one page, with its text: small tenants change seldom, and are read every hour. */
  readonly #kept = new Map<HolderType, { readonly text: string; readonly page: HolderPage }>();

  constructor(calls: GraphCalls, budget: Pick<Spender, "noteAudience"> | null = null) {
    this.#calls = calls;
    this.#budget = budget;
  }

  async page(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<HolderPage> {
    const url = cursor === null ? this.#calls.url(`${PATHS[type]}?$top=${PAGE_SIZE}`) : this.#calls.sameOrigin(cursor);
    const reading = { what: `listing ${NAMES[type]}s` };
    const answer = await this.#calls.answerTo(url, reading, signal);
    const kept = this.#kept.get(type);
    if (cursor === null && kept?.text === answer.body) return kept.page;
    const body = bodyOf(answer, reading);
    const holders = list(body, "value").map((item) => holderFrom(type, item));
    const page = { holders, next: this.#calls.next(body) };
    for (const one of holders) this.#budget?.noteAudience(one.objectId, one.signInAudience);
    if (cursor === null && page.next === null && answer.body.length <= MOST_KEPT)
      this.#kept.set(type, { text: answer.body, page });
    return page;
  }

  async certificatePage(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<CertificatePage> {
    const first = `${PATHS[type]}?$select=id,keyCredentials&$top=${PAGE_SIZE}`;
    const url = cursor === null ? this.#calls.url(first) : this.#calls.sameOrigin(cursor);
    const { body } = await this.#calls.read(url, { what: `listing the certificates of ${NAMES[type]}s` }, signal);
    const holders = list(body, "value").map((item) => ({
      objectId: requiredText(item, "id"),
      credentials: list(item, "keyCredentials").map(certificateFrom),
    }));
    return { holders, next: this.#calls.next(body) };
  }

  async read(holder: HolderRef, signal?: AbortSignal) {
    const { body, answer } = await this.#calls.read(
      this.#calls.address(holder),
      { what: `reading ${describe(holder)}` },
      signal,
    );
    const found = holderFrom(holder.type, body);
    requireSame(holder, found.objectId);
    this.#budget?.noteAudience(found.objectId, found.signInAudience);
    return { holder: found, serviceTime: serviceTimeOf(answer) };
  }

  async grantPage(resource: HolderRef, cursor: string | null, signal?: AbortSignal): Promise<GrantPage> {
    const first = `${this.#calls.address(resource)}/appRoleAssignedTo?$top=${PAGE_SIZE}`;
    const url = cursor === null ? first : this.#calls.sameOrigin(cursor);
    const what = `listing who holds app roles of ${describe(resource)}`;
    const { body } = await this.#calls.read(url, { what }, signal);
    return { grants: list(body, "value").map((one) => grantFrom(one, "appRoleId")), next: this.#calls.next(body) };
  }

  async directoryRolePage(cursor: string | null, signal?: AbortSignal): Promise<GrantPage> {
    const first = this.#calls.url(`roleManagement/directory/roleAssignments?$top=${PAGE_SIZE}`);
    const url = cursor === null ? first : this.#calls.sameOrigin(cursor);
    const { body } = await this.#calls.read(url, { what: "listing who holds directory roles", needs: ROLES }, signal);
    return {
      grants: list(body, "value").map((one) => grantFrom(one, "roleDefinitionId")),
      next: this.#calls.next(body),
    };
  }

  async addSecret(
    holder: HolderRef,
    secret: { readonly displayName: string; readonly end: EpochMs; readonly start?: EpochMs | null },
    signal?: AbortSignal,
  ): Promise<AddSecretOutcome> {
    const end = wholeSeconds(secret.end);
    const passwordCredential = {
      displayName: secret.displayName,
      endDateTime: formatInstant(end),
      ...(secret.start == null ? {} : { startDateTime: formatInstant(wholeSeconds(secret.start)) }),
    };
    const sent = await this.#calls.write(
      {
        method: "POST",
        url: `${this.#calls.address(holder)}/addPassword`,
        body: JSON.stringify({ passwordCredential }),
        what: `adding a secret to ${describe(holder)}`,
        done: [200, 201],
      },
      signal,
    );
    if (sent.outcome !== "applied") return unsettled(sent);
    const body = parseObject(sent.answer.body);
    const [keyId, text] = [textAt(body, "keyId"), textAt(body, "secretText")];
    if (body === null || keyId === null || text === null) {
      return { outcome: "unknown", error: unreadable("the new secret's key id or value is missing") };
    }
    return {
      outcome: "applied",
      credential: issuedFrom(body, { keyId: canonicalId(keyId), name: secret.displayName, end }),
      value: new SecretValue(text),
      ...requestOf(sent.answer),
    };
  }

  async removeSecret(holder: HolderRef, keyId: string, signal?: AbortSignal): Promise<RemoveCredentialOutcome> {
    const sent = await this.#calls.write(
      {
        method: "POST",
        url: `${this.#calls.address(holder)}/removePassword`,
        body: JSON.stringify({ keyId }),
        what: `removing secret ${keyId} from ${describe(holder)}`,
        done: [200, 204],
      },
      signal,
    );
    return removalOf(sent);
  }
}

function grantFrom(entry: JsonObject, role: "appRoleId" | "roleDefinitionId"): Grant {
  return { principalId: requiredText(entry, "principalId"), roleId: requiredText(entry, role) };
}

/**
 * The credential just made. Key id and value are in hand, so nothing may lose them any more: properties that cannot be
 * read are taken as they were asked for.
 */
function issuedFrom(body: JsonObject, asked: { keyId: string; name: string; end: EpochMs }): Credential {
  try {
    const read = secretFrom(body);
    return { ...read, name: read.name ?? asked.name, end: read.end ?? asked.end };
  } catch {
    return {
      ...asked,
      kind: "secret",
      hint: null,
      start: null,
      usage: null,
      customKeyIdentifier: null,
      certificate: null,
    };
  }
}
