/**
 * Graph's logs: who changed which credential (learn.microsoft.com/graph/api/directoryaudit-list) and which one signed in
 * (…/signin-list, in beta only, because v1.0 does not name the credential). Both come minutes late. When each credential
 * was last used in any flow is a report of the whole tenant (…/reportroot-list-appcredentialsigninactivities, in beta only, and
 * in no national cloud).
 */
import type { HolderRef } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Actor, CredentialChange, LastUse, Logs, SignInRow } from "../../ports/logs.ts";
import { describe, type GraphCalls } from "./calls.ts";
import { canonicalId, isObject, type JsonObject, objectAt, textAt } from "./json.ts";
import { instant, list, optionalText, requiredText, unreadable } from "./map.ts";
import type { Permission } from "./refusals.ts";

const NEEDS: readonly Permission[] = [
  { name: "AuditLog.Read.All", id: "b0afded3-3588-46d8-8b3d-9842eff778da" },
  { name: "Directory.Read.All", id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61" },
];

/**
 * An application's entry is "Update application – Certificates and secrets management " with an en dash and a blank at the
 * end, though the documentation prints a hyphen; so only the middle of it is looked for.
 */
const OF_APPLICATIONS = "Certificates and secrets management";
const OF_PRINCIPALS: ReadonlySet<string> = new Set([
  "Add service principal credentials",
  "Remove service principal credentials",
]);

/** The kinds of sign-in a client credential can take part in; the log gives one kind a list. */
const FLOWS = ["servicePrincipal", "nonInteractiveUser", "interactiveUser"] as const;
type Flow = (typeof FLOWS)[number];

/** Clients that prove themselves by none of their own credentials (…/resources/signin, clientCredentialType). */
const NO_CREDENTIAL: ReadonlySet<string> = new Set(["none", "managedIdentity", "federatedIdentityCredential"]);

/** What the sign-in log writes where it names no credential. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export class GraphLogs implements Logs {
  readonly #calls: GraphCalls;
  readonly #clock: Clock;
  #uses: { readonly at: EpochMs; readonly rows: readonly LastUse[] } | null = null;

  constructor(calls: GraphCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  async credentialChanges(
    holder: HolderRef,
    since: EpochMs,
    signal?: AbortSignal,
  ): Promise<readonly CredentialChange[]> {
    const filter = `activityDateTime ge ${formatInstant(since)} and targetResources/any(t:t/id eq ${quoted(holder.objectId)})`;
    const rows = await this.#rows(
      this.#calls.url(`auditLogs/directoryAudits?$filter=${encodeURIComponent(filter)}`),
      `reading the audit log of ${describe(holder)}`,
      signal,
    );
    const changes = rows.map((row) => changeFrom(row, holder)).filter((change) => change !== null);
    return inOrder(changes, since);
  }

  async signIns(appId: string, since: EpochMs, signal?: AbortSignal): Promise<readonly SignInRow[]> {
    const seen: SignInRow[] = [];
    for (const flow of FLOWS) {
      const filter =
        `createdDateTime ge ${formatInstant(since)} and appId eq ${quoted(appId)}` +
        ` and signInEventTypes/any(t: t eq '${flow}')`;
      const url = this.#calls.url(`auditLogs/signIns?$filter=${encodeURIComponent(filter)}`, "beta");
      const rows = await this.#rows(url, `reading the sign-in log of client ${appId}`, signal);
      seen.unshift(...rows.map((row) => signInFrom(row, flow)));
    }
    return inOrder(seen, since);
  }

  async lastUses(freshFrom: EpochMs, signal?: AbortSignal): Promise<readonly LastUse[]> {
    signal?.throwIfAborted();
    if (this.#uses !== null && this.#uses.at >= freshFrom) return this.#uses.rows;
    const at = await this.#clock.now(signal);
    const url = this.#calls.url("reports/appCredentialSignInActivities", "beta");
    const read = await this.#rows(url, "reading when credentials were last used", signal, true).catch(unoffered);
    const rows = read.flatMap(lastUseFrom);
    this.#uses = { at, rows };
    return rows;
  }

  /** Every row of a log, newest first, as the service orders them. */
  async #rows(url: string, what: string, signal?: AbortSignal, rare?: true): Promise<readonly JsonObject[]> {
    const pages = await this.#calls.readAll(url, { what, needs: NEEDS, rare }, signal);
    return pages.flatMap((page) => list(page, "value"));
  }
}

/** Where the report's address is unknown, there is none. */
function unoffered(thrown: unknown): never {
  if (!(thrown instanceof NolapseError) || thrown.code !== "directory-unoffered") throw thrown;
  throw new NolapseError("directory-unoffered", `${thrown.message}: this cloud's Graph has no such report`, {
    next: "set retire: after-overlap with consumers: complete, or retire: at-expiry; neither needs the report",
    cause: thrown,
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Oldest first; of one instant the later row of the log is the earlier one. */
function inOrder<T extends { readonly at: EpochMs }>(rows: readonly T[], since: EpochMs): readonly T[] {
  return rows
    .filter(({ at }) => at >= since)
    .toReversed()
    .sort((a, b) => a.at - b.at);
}

function requiredInstant(from: JsonObject, name: string): EpochMs {
  const at = instant(from, name);
  if (at === null) throw unreadable(`${name} is missing`);
  return at;
}

/** An entry of the audit log as a change of this object's credentials; null when it is about something else or changed nothing. */
function changeFrom(row: JsonObject, holder: HolderRef): CredentialChange | null {
  const activity = optionalText(row, "activityDisplayName") ?? "";
  if (!activity.includes(OF_APPLICATIONS) && !OF_PRINCIPALS.has(activity.trim())) return null;
  if (optionalText(row, "result") === "failure") return null;
  const target = list(row, "targetResources").find(
    (one) => textAt(one, "id")?.toLowerCase() === holder.objectId.toLowerCase(),
  );
  if (target === undefined) return null;
  const described = list(target, "modifiedProperties").find((one) => one.displayName === "KeyDescription");
  if (described === undefined) return null;
  const [before, after] = [keysFrom(described, "oldValue"), keysFrom(described, "newValue")];
  // the creation of an application writes the same entry, with no change in it
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  return { at: requiredInstant(row, "activityDateTime"), actor: actorFrom(row), before, after };
}

/** `["[KeyIdentifier=<guid>,KeyType=Password,KeyUsage=Verify,DisplayName=<any text>]"]` as a text. */
function keysFrom(property: JsonObject, name: "oldValue" | "newValue"): CredentialChange["before"] {
  const text = optionalText(property, name) ?? "";
  if (text === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(`KeyDescription has an ${name} that is no JSON`);
  }
  if (!Array.isArray(value)) throw unreadable(`KeyDescription has an ${name} that is no list`);
  return value.map((one: unknown) => {
    const found =
      typeof one === "string" ? /^\[KeyIdentifier=([^,\]]+)(?:,.*?(?:,DisplayName=(.*))?)?\]$/s.exec(one) : null;
    if (found?.[1] === undefined) throw unreadable(`KeyDescription has an ${name} without key ids`);
    return { keyId: canonicalId(found[1]), name: found[2] || null };
  });
}

function actorFrom(row: JsonObject): Actor {
  const by = objectAt(row, "initiatedBy");
  const [app, user] = [objectAt(by, "app"), objectAt(by, "user")];
  if (app !== null) return { kind: "application", id: textAt(app, "appId"), name: nameOf(app, "servicePrincipalName") };
  if (user !== null) return { kind: "user", id: textAt(user, "id"), name: nameOf(user, "userPrincipalName") };
  return { kind: "unknown", id: null, name: null };
}

function nameOf(who: JsonObject, other: string): string | null {
  return textAt(who, "displayName") ?? textAt(who, other);
}

/** A row without a use is one of a credential that nobody has used. */
function lastUseFrom(row: JsonObject): LastUse[] {
  const activity = objectAt(row, "signInActivity");
  const at = activity === null ? null : instant(activity, "lastSignInDateTime");
  if (activity === null || at === null) return [];
  const requestId = textAt(activity, "lastSignInRequestId");
  const [appId, keyId] = [canonicalId(requiredText(row, "appId")), canonicalId(requiredText(row, "keyId"))];
  return [{ appId, keyId, at, requestId: requestId === null ? null : canonicalId(requestId) }];
}

function signInFrom(row: JsonObject, flow: Flow): SignInRow {
  const { status } = row;
  // a row of unknown outcome is no evidence of anything, for or against
  if (!isObject(status) || typeof status.errorCode !== "number")
    throw unreadable("a sign-in does not say how it ended");
  const keyId = credentialId(row, "servicePrincipalCredentialKeyId");
  const federatedId = credentialId(row, "federatedCredentialId");
  const proof = textAt(row, "clientCredentialType");
  return {
    at: requiredInstant(row, "createdDateTime"),
    requestId: canonicalId(requiredText(row, "id")),
    succeeded: status.errorCode === 0,
    keyId,
    federatedId,
    address: textAt(row, "ipAddress"),
    flow: flow === "servicePrincipal" ? "application" : "user",
    client: textAt(row, "servicePrincipalName") ?? textAt(row, "appDisplayName"),
    resource: textAt(row, "resourceDisplayName"),
    // a person at a sign-in page: the client proves itself when it redeems the code, which is a row of its own
    unnamed:
      keyId === null &&
      federatedId === null &&
      flow !== "interactiveUser" &&
      !(proof !== null && NO_CREDENTIAL.has(proof)),
  };
}

function credentialId(row: JsonObject, name: string): string | null {
  const id = textAt(row, name);
  return id === null || id === NOBODY ? null : canonicalId(id);
}
