import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from "node:crypto";
import type { FaultPlan } from "../faults/fault-plan.ts";
import { ChangeLog } from "./change-log.ts";
import type { EndIndex } from "./end-index.ts";
import type { AuditRecord, SignInRecord } from "./log-records.ts";
import { type NameKey, ObjectIndex, type SortKey } from "./object-index.ts";
import { SignInIndex } from "./sign-in-index.ts";
import type { SortedIndex } from "./sorted-index.ts";

export type { AuditRecord, SignInRecord } from "./log-records.ts";

/** An object as Graph shows it. */
export type Entity = Record<string, unknown> & { id: string };

/** A passwordCredential as Graph shows it in reads (`secretText` always null). */
export interface PasswordCredential {
  customKeyIdentifier: string | null;
  displayName: string | null;
  endDateTime: string | null;
  hint: string | null;
  keyId: string;
  secretText: null;
  startDateTime: string | null;
}

/** A keyCredential as the directory keeps it; `key` is the public half, null for what was never public. */
export interface KeyCredential {
  /** Base64, as Graph prints it: the SHA-1 thumbprint where the client chose nothing else. */
  customKeyIdentifier: string | null;
  displayName: string | null;
  endDateTime: string | null;
  key: string | null;
  keyId: string;
  startDateTime: string | null;
  type: string;
  usage: string;
}

/** A federatedIdentityCredential as Graph shows it. */
export interface FederatedCredential {
  id: string;
  audiences: [string];
  description: string | null;
  issuer: string;
  name: string;
  subject: string;
  [member: string]: unknown;
}

/** What the directory keeps of a client secret. */
export interface SecretRecord {
  /** HMAC-SHA-256 of the value under the state's pepper, base64url: the value itself is kept nowhere. */
  verifier: string;
  /** When it was added, directory time in epoch milliseconds; replication lag is counted from here. */
  createdAt: number;
}

export interface TenantRecord {
  id: string;
  displayName: string;
  domains: { name: string; isDefault: boolean; isInitial: boolean }[];
}

/** A removed credential that has not disappeared everywhere yet. */
export interface Departed {
  keyId: string;
  /** When it was removed, directory time in epoch milliseconds. */
  at: number;
  password?: PasswordCredential;
  verifier?: string;
  key?: KeyCredential;
}

/** One directory object, with what Graph does not show of it. */
export interface ObjectRecord {
  /** Place in lists, unique in the directory, growing. */
  seq: number;
  tenantId: string;
  entity: Entity;
  /** Object ids of users and service principals. */
  owners: string[];
  /** By keyId. */
  secrets: Record<string, SecretRecord>;
  /** By keyId, when certificates were added by a client, directory time in epoch milliseconds. */
  keysAt?: Record<string, number>;
  /** The app management policy assigned to it. */
  policyId?: string;
  /** Federated identity credentials, oldest first, and by id when they were added. */
  federated?: FederatedCredential[];
  federatedAt?: Record<string, number>;
  /** Credentials removed while a fault plan let replication lag: some readers still see them. */
  departed?: Departed[];
  /** Directory extensions an application defines. */
  extensions?: Entity[];
  /** The picture of an application. */
  logo?: { type: string; base64: string };
  /** The user who made it, where one did: he may make only so many. */
  createdBy?: string;
  /** Names of a user's directory roles, in states of before assignments were objects. */
  directoryRoles?: string[];
  /** When a client created it, directory time in epoch milliseconds; what a scenario planted has always been there. */
  bornAt?: number;
  /** Epoch milliseconds, while the object is in the recycle bin. */
  deletedAt?: number;
}

/** `grants` are app role assignments, `permissionGrants` delegated ones. */
export type Kind = (typeof KINDS)[number];
const KINDS = [
  "applications",
  "servicePrincipals",
  "users",
  "grants",
  "permissionGrants",
  "policies",
  "roleAssignments",
] as const;

/** The whole directory as one JSON document. */
export interface DirectoryState {
  version: 1;
  pepper: string;
  seq: number;
  clock: { now: number; frozen: boolean; machine: number } | null;
  faults: FaultPlan;
  tenants: TenantRecord[];
  applications: ObjectRecord[];
  servicePrincipals: ObjectRecord[];
  users: ObjectRecord[];
  grants: ObjectRecord[];
  signIns: SignInRecord[];
  /** Absent in states of before they were kept. */
  audits?: AuditRecord[];
  policies?: ObjectRecord[];
  permissionGrants?: ObjectRecord[];
  roleAssignments?: ObjectRecord[];
}

/** One line of the journal: what a request changed, applied whole or not at all. */
export type Change =
  | { put: Kind; record: ObjectRecord }
  | { drop: Kind; id: string }
  | { tenant: TenantRecord }
  | { signIn: SignInRecord }
  | { audit: AuditRecord }
  | { clock: DirectoryState["clock"] }
  | { faults: FaultPlan }
  | { state: DirectoryState };

/** How long the recycle bin keeps an object, milliseconds. */
export const RETENTION = 30 * 86_400_000;

/** Sign-ins are evidence for tests and demos, not an archive: the oldest go. */
const SIGN_INS_KEPT = 20_000;
const AUDITS_KEPT = 50_000;

export function emptyState(pepper: string): DirectoryState {
  const lists = { tenants: [], applications: [], servicePrincipals: [], users: [], grants: [], signIns: [] };
  return { version: 1, pepper, seq: 0, clock: null, faults: { seed: 1, rules: [] }, ...lists };
}

/** The directory's objects in memory with the indexes its lookups need. Changes go through `apply` only. */
export class Store {
  pepper: string;
  /** The pepper as an object: as text it would be made one for every secret that is looked at. */
  #pepperKey: KeyObject;
  seq = 0;
  clock: DirectoryState["clock"] = null;
  faults: FaultPlan = { seed: 1, rules: [] };
  readonly tenants = new Map<string, TenantRecord>();
  signIns: SignInRecord[] = [];
  /** The same sign-ins. */
  signInsOf = new SignInIndex([]);
  audits: AuditRecord[] = [];
  /** What changed when, since this process began. */
  readonly changes = new ChangeLog();
  /** Names this state in this run: what was told to clients of another one no longer holds. */
  epoch = "";
  readonly #objects: Record<Kind, Map<string, ObjectRecord>> = {
    applications: new Map(),
    servicePrincipals: new Map(),
    users: new Map(),
    grants: new Map(),
    permissionGrants: new Map(),
    policies: new Map(),
    roleAssignments: new Map(),
  };
  readonly #index = new ObjectIndex();

  constructor(state: DirectoryState) {
    this.pepper = state.pepper;
    this.#pepperKey = keyOf(state.pepper);
    this.#load(state);
  }

  nextSeq(): number {
    this.seq += 1;
    return this.seq;
  }

  apply(change: Change): void {
    if ("put" in change) this.#put(change.put, change.record);
    else if ("drop" in change) this.#drop(change.drop, change.id);
    else if ("tenant" in change) this.tenants.set(change.tenant.id, change.tenant);
    else if ("signIn" in change) this.#addSignIn(change.signIn);
    else if ("audit" in change) this.#addAudit(change.audit);
    else if ("clock" in change) this.clock = change.clock;
    else if ("faults" in change) this.faults = change.faults;
    else this.#load(change.state);
  }

  /** An object that is not in the recycle bin. */
  find(kind: Kind, tenantId: string, id: string): ObjectRecord | undefined {
    const record = this.#objects[kind].get(id.toLowerCase());
    return record === undefined || record.tenantId !== tenantId || record.deletedAt !== undefined ? undefined : record;
  }

  /** An object, also one in the recycle bin. */
  any(kind: Kind, id: string): ObjectRecord | undefined {
    return this.#objects[kind].get(id);
  }

  /** Whether any application or service principal, also one in the recycle bin, has this id. */
  has(id: string): boolean {
    return this.#objects.applications.has(id) || this.#objects.servicePrincipals.has(id);
  }

  /** The application object of a client id, in whichever tenant it is registered. */
  applicationByAppId(appId: string): ObjectRecord | undefined {
    return this.#index.application(appId);
  }

  /** The service principal with this appId or identifier URI among its servicePrincipalNames. */
  principalByName(tenantId: string, name: string): ObjectRecord | undefined {
    return this.#index.principal(tenantId, name);
  }

  /** Live objects with this name, whatever its case. */
  named(kind: Kind, tenantId: string, key: NameKey, name: string): readonly ObjectRecord[] {
    return this.#index.named(kind, tenantId, key, name);
  }

  /** appRoleAssignments granted to a principal. */
  grantsTo(principalId: string): readonly ObjectRecord[] {
    return this.#index.grantsOf(principalId);
  }

  /** Assignments of directory roles to a principal. */
  rolesOf(principalId: string): readonly ObjectRecord[] {
    return this.#index.rolesOf(principalId);
  }

  /** Live objects of a tenant in list order, those after `afterSeq`. */
  list(kind: Kind, tenantId: string, afterSeq = 0): Generator<ObjectRecord> {
    return this.#index.list(kind, tenantId, afterSeq);
  }

  /** How many objects of a tenant are not in the recycle bin. */
  count(kind: Kind, tenantId: string): number {
    return this.#index.count(kind, tenantId);
  }

  sorted(kind: Kind, tenantId: string, key: SortKey): SortedIndex {
    return this.#index.sorted(kind, tenantId, key);
  }

  /** How many objects of a tenant there are, those in the recycle bin included. */
  countWithBin(kind: Kind, tenantId: string): number {
    return this.#index.countWithBin(kind, tenantId);
  }

  ends(kind: "applications" | "servicePrincipals", tenantId: string): EndIndex {
    return this.#index.ends(kind, tenantId);
  }

  /** What went into the recycle bin after this instant, in list order. */
  deleted(kind: Kind, tenantId: string, since: number): ObjectRecord[] {
    return this.#index.bin(kind, tenantId).filter(({ deletedAt = 0 }) => deletedAt > since);
  }

  /** The HMAC by which a presented value is recognised. */
  verifierOf(value: string): string {
    return createHmac("sha256", this.#pepperKey).update(value).digest("base64url");
  }

  toState(): DirectoryState {
    const { pepper, seq, clock, faults, signIns } = this;
    const lists = Object.fromEntries(KINDS.map((kind) => [kind, [...this.#objects[kind].values()]]));
    const objects = lists as Record<Kind, ObjectRecord[]>;
    return {
      version: 1,
      pepper,
      seq,
      clock,
      faults,
      tenants: [...this.tenants.values()],
      ...objects,
      signIns: [...signIns],
      audits: [...this.audits],
    };
  }

  #load(state: DirectoryState): void {
    this.pepper = state.pepper;
    this.#pepperKey = keyOf(state.pepper);
    this.clock = state.clock;
    this.faults = state.faults;
    this.tenants.clear();
    this.changes.clear();
    this.epoch = randomBytes(6).toString("hex");
    this.#index.clear();
    for (const tenant of state.tenants) this.tenants.set(tenant.id, tenant);
    this.signIns = [...state.signIns];
    this.signInsOf = new SignInIndex(this.signIns);
    this.audits = [...(state.audits ?? [])];
    for (const kind of KINDS) {
      this.#objects[kind].clear();
      for (const record of state[kind] ?? []) this.#put(kind, record);
    }
    this.seq = state.seq;
  }

  #put(kind: Kind, record: ObjectRecord): void {
    this.changes.note(kind, record.tenantId, record.entity.id);
    const previous = this.#objects[kind].get(record.entity.id);
    this.#objects[kind].set(record.entity.id, record);
    this.seq = Math.max(this.seq, record.seq);
    this.#index.put(kind, record, previous);
  }

  #drop(kind: Kind, id: string): void {
    const record = this.#objects[kind].get(id);
    if (record === undefined) return;
    this.changes.note(kind, record.tenantId, id);
    this.#objects[kind].delete(id);
    this.#index.drop(kind, record);
  }

  #addAudit(audit: AuditRecord): void {
    this.audits.push(audit);
    this.seq = Math.max(this.seq, audit.seq);
    if (this.audits.length > AUDITS_KEPT * 1.1) this.audits = this.audits.slice(-AUDITS_KEPT);
  }

  #addSignIn(signIn: SignInRecord): void {
    this.signIns.push(signIn);
    this.seq = Math.max(this.seq, signIn.seq);
    this.signInsOf.add(signIn);
    if (this.signIns.length <= SIGN_INS_KEPT * 1.1) return;
    this.signIns = this.signIns.slice(-SIGN_INS_KEPT);
    this.signInsOf = new SignInIndex(this.signIns);
  }
}

function keyOf(pepper: string): KeyObject {
  return createSecretKey(pepper, "utf8");
}

/** Compares two verifiers in constant time. */
export function sameVerifier(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The client secrets of an object, newest first. */
export function passwordsOf(record: ObjectRecord): PasswordCredential[] {
  return record.entity.passwordCredentials as PasswordCredential[];
}

/** The certificates of an object, in their order. */
export function keysOf(record: ObjectRecord): KeyCredential[] {
  return record.entity.keyCredentials as KeyCredential[];
}

export function federatedOf(record: ObjectRecord): FederatedCredential[] {
  return record.federated ?? [];
}
