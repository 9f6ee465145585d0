/** The ways to find objects without going through all of them. Entries are added and removed by the store alone. */
import { EndIndex } from "./end-index.ts";
import { SortedIndex } from "./sorted-index.ts";
import type { Entity, Kind, ObjectRecord } from "./state.ts";

/** A property lists are sorted by, or looked up by the beginning of. */
export type SortKey = (typeof SORT_KEYS)[number];
const SORT_KEYS = ["displayName", "createdDateTime", "deletedDateTime", "userPrincipalName"] as const;

/** Names of which an object has one, several or mostly none, and which are looked up whole. */
export type NameKey = "uniqueName" | "identifierUris" | "userPrincipalName";
const NAME_KEYS: Partial<Record<Kind, readonly NameKey[]>> = {
  applications: ["uniqueName", "identifierUris"],
  users: ["userPrincipalName"],
};

export class ObjectIndex {
  /** Per kind and tenant, ascending by seq. */
  readonly #ordered = new Map<string, ObjectRecord[]>();
  readonly #bin = new Map<string, Set<ObjectRecord>>();
  readonly #sorted = new Map<string, SortedIndex>();
  readonly #ends = new Map<string, EndIndex>();
  readonly #applications = new Map<string, ObjectRecord>();
  readonly #principals = new Map<string, ObjectRecord>();
  /** `grants` and `roleAssignments`, by kind and principal. */
  readonly #granted = new Map<string, Set<ObjectRecord>>();
  readonly #named = new Map<string, Set<ObjectRecord>>();

  clear(): void {
    for (const index of [this.#ordered, this.#bin, this.#sorted, this.#ends, this.#named]) index.clear();
    for (const index of [this.#applications, this.#principals, this.#granted]) index.clear();
  }

  application(appId: string): ObjectRecord | undefined {
    return this.#applications.get(appId.toLowerCase());
  }

  principal(tenantId: string, name: string): ObjectRecord | undefined {
    return this.#principals.get(`${tenantId} ${name.toLowerCase()}`);
  }

  /** Live objects with this name, whatever its case, in list order. */
  named(kind: Kind, tenantId: string, key: NameKey, name: string): readonly ObjectRecord[] {
    return [...(this.#named.get(`${kind} ${tenantId} ${key} ${name.toLowerCase()}`) ?? [])].sort(bySeq);
  }

  grantsOf(principalId: string): readonly ObjectRecord[] {
    return [...(this.#granted.get(`grants ${principalId}`) ?? [])].sort(bySeq);
  }

  rolesOf(principalId: string): readonly ObjectRecord[] {
    return [...(this.#granted.get(`roleAssignments ${principalId}`) ?? [])].sort(bySeq);
  }

  /** Live objects in list order, those after `afterSeq`. */
  *list(kind: Kind, tenantId: string, afterSeq: number): Generator<ObjectRecord> {
    const ordered = this.#ordered.get(`${kind} ${tenantId}`) ?? [];
    for (let index = firstAfter(ordered, afterSeq); index < ordered.length; index += 1) {
      const record = ordered[index];
      if (record !== undefined && record.deletedAt === undefined) yield record;
    }
  }

  count(kind: Kind, tenantId: string): number {
    return this.countWithBin(kind, tenantId) - (this.#bin.get(`${kind} ${tenantId}`)?.size ?? 0);
  }

  countWithBin(kind: Kind, tenantId: string): number {
    return this.#ordered.get(`${kind} ${tenantId}`)?.length ?? 0;
  }

  bin(kind: Kind, tenantId: string): readonly ObjectRecord[] {
    return [...(this.#bin.get(`${kind} ${tenantId}`) ?? [])].sort(bySeq);
  }

  /** Made when somebody first asks, kept up to date from then on. */
  sorted(kind: Kind, tenantId: string, key: SortKey): SortedIndex {
    const name = `${kind} ${tenantId} ${key}`;
    const known = this.#sorted.get(name);
    if (known !== undefined) return known;
    const made = new SortedIndex(key, this.list(kind, tenantId, 0));
    this.#sorted.set(name, made);
    return made;
  }

  /** Credentials by their ends; made and kept likewise. */
  ends(kind: "applications" | "servicePrincipals", tenantId: string): EndIndex {
    const name = `${kind} ${tenantId}`;
    const known = this.#ends.get(name);
    if (known !== undefined) return known;
    const made = new EndIndex(this.list(kind, tenantId, 0));
    this.#ends.set(name, made);
    return made;
  }

  /** @param previous what the record takes the place of */
  put(kind: Kind, record: ObjectRecord, previous: ObjectRecord | undefined): void {
    const list = `${kind} ${record.tenantId}`;
    const ordered = this.#ordered.get(list) ?? [];
    if (ordered.length === 0) this.#ordered.set(list, ordered);
    if (previous !== undefined) this.#leave(kind, previous);
    const last = ordered.at(-1);
    if (last === undefined || last.seq < record.seq) ordered.push(record);
    else ordered.splice(firstAfter(ordered, record.seq - 1), previous === undefined ? 0 : 1, record);
    this.#enter(kind, record);
  }

  drop(kind: Kind, record: ObjectRecord): void {
    this.#leave(kind, record);
    const ordered = this.#ordered.get(`${kind} ${record.tenantId}`) ?? [];
    ordered.splice(firstAfter(ordered, record.seq - 1), 1);
  }

  #enter(kind: Kind, record: ObjectRecord): void {
    const list = `${kind} ${record.tenantId}`;
    if (kind === "grants" || kind === "roleAssignments") {
      const granted = `${kind} ${record.entity.principalId}`;
      this.#granted.set(granted, (this.#granted.get(granted) ?? new Set()).add(record));
    }
    if (record.deletedAt !== undefined) {
      this.#bin.set(list, (this.#bin.get(list) ?? new Set()).add(record));
      return;
    }
    if (kind === "applications") this.#applications.set(String(record.entity.appId).toLowerCase(), record);
    for (const name of principalNames(kind, record.entity)) this.#principals.set(`${record.tenantId} ${name}`, record);
    for (const name of namesOf(kind, record)) this.#named.set(name, (this.#named.get(name) ?? new Set()).add(record));
    if (this.#sorted.size > 0) for (const key of SORT_KEYS) this.#sorted.get(`${list} ${key}`)?.add(record);
    this.#ends.get(list)?.add(record);
  }

  #leave(kind: Kind, record: ObjectRecord): void {
    const list = `${kind} ${record.tenantId}`;
    if (kind === "grants" || kind === "roleAssignments")
      this.#granted.get(`${kind} ${record.entity.principalId}`)?.delete(record);
    if (record.deletedAt !== undefined) {
      this.#bin.get(list)?.delete(record);
      return;
    }
    if (kind === "applications") this.#applications.delete(String(record.entity.appId).toLowerCase());
    for (const name of principalNames(kind, record.entity).map((one) => `${record.tenantId} ${one}`))
      if (this.#principals.get(name) === record) this.#principals.delete(name);
    for (const name of namesOf(kind, record)) this.#forget(name, record);
    if (this.#sorted.size > 0) for (const key of SORT_KEYS) this.#sorted.get(`${list} ${key}`)?.delete(record);
    this.#ends.get(list)?.delete(record);
  }

  #forget(name: string, record: ObjectRecord): void {
    const holders = this.#named.get(name);
    holders?.delete(record);
    if (holders?.size === 0) this.#named.delete(name);
  }
}

/** The entries of a record among the names. */
function namesOf(kind: Kind, { tenantId, entity }: ObjectRecord): string[] {
  return (NAME_KEYS[kind] ?? []).flatMap((key) => {
    const names = [entity[key] ?? []].flat() as string[];
    return names.map((name) => `${kind} ${tenantId} ${key} ${name.toLowerCase()}`);
  });
}

function principalNames(kind: Kind, entity: Entity): string[] {
  if (kind !== "servicePrincipals") return [];
  const names = (entity.servicePrincipalNames ?? []) as string[];
  const appId = String(entity.appId);
  // mostly there is no other name, and a large tenant has very many of these
  if (names.length === 1 && names[0] === appId) return [appId.toLowerCase()];
  return [...new Set([appId, ...names].map((name) => name.toLowerCase()))];
}

function bySeq(one: ObjectRecord, other: ObjectRecord): number {
  return one.seq - other.seq;
}

/** The index of the first record whose seq is greater than `seq`, by bisection. */
function firstAfter(ordered: readonly ObjectRecord[], seq: number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
