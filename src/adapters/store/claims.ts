/** Leases: one holder of one step, fenced, so that a process that lost its lease can store nothing. */
import { sql } from "kysely";
import { NolapseError } from "../../core/errors.ts";
import type { Claim, Store } from "../../ports/store.ts";
import { tally } from "./books.ts";
import { writeChange } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import { rotationRow } from "./rows.ts";
import { rotationsFrom } from "./under-pause.ts";

export interface LeaseOptions {
  /** This process, as it stands in leases. */
  readonly owner: string;
  /** Whether the owner of a lease may still be alive. */
  readonly mayBeAlive: (owner: string) => boolean;
}

/** A lease as its holder knows it. */
interface Held {
  readonly id: string;
  readonly fence: number;
  readonly owner: string;
}

type RotationRow = ReturnType<typeof rotationRow>;

const renewed = prepared((db, value: Value<Held & { readonly until: number }>) =>
  db
    .updateTable("rotations")
    .set({ lease_until: value("until") })
    .where("id", "=", value("id"))
    .where("fence", "=", value("fence"))
    .where("lease_owner", "=", value("owner")),
);

const released = prepared((db, value: Value<Held>) =>
  db
    .updateTable("rotations")
    .set({ lease_owner: null, lease_until: null })
    .where("id", "=", value("id"))
    .where("fence", "=", value("fence"))
    .where("lease_owner", "=", value("owner")),
);

/** What a step can change; whose rotation it is never does, and no index is written anew for it. */
const COLUMNS = [
  "replaces",
  "state",
  "due_at",
  "replaces_end",
  "verified_at",
  "failures",
  "updated_at",
  "body",
] as const satisfies readonly (keyof RotationRow)[];

const committed = (release: boolean) =>
  prepared((db, value: Value<Held & RotationRow>) =>
    db
      .updateTable("rotations")
      .set({
        ...Object.fromEntries(COLUMNS.map((name) => [name, value(name)])),
        ...(release ? { lease_owner: null, lease_until: null } : {}),
      })
      .where("id", "=", value("id"))
      .where("fence", "=", value("fence"))
      .where("lease_owner", "=", value("owner")),
  );
const committedAndKept = committed(false);
const committedAndReleased = committed(true);

/** The verbs under a lease. */
export function claims(
  { read, write, lease: leasing }: Database,
  lease: LeaseOptions,
): Pick<Store, "claim" | "renew" | "release" | "commit"> {
  const { owner } = lease;
  const backlogs = new Map<string, Backlog>();
  const held = ({ rotation, fence }: Claim): Held => ({ id: rotation.id, fence, owner });
  return {
    claim: async (request) => {
      const backlog = backlogs.get(request.tenantId) ?? new Backlog();
      backlogs.set(request.tenantId, backlog);
      // looked at first without the lock that every writer takes: mostly nothing is due
      const looksFirst = backlog.takers === 0;
      const first = looksFirst ? await read((db) => findDue(db, request, lease, backlog)) : null;
      if (looksFirst && first === null) return null;
      backlog.takers += 1;
      return leasing(async (db) => {
        if (first !== null) {
          const claimed = await take(db, request, lease, first);
          if (claimed !== null) return claimed;
        }
        // somebody else was faster; under the lock nobody is
        const due = await findDue(db, request, lease, backlog);
        return due === null ? null : take(db, request, lease, due);
      }).finally(() => {
        backlog.takers -= 1;
      });
    },

    renew: (claimed, processNow, leaseMs) =>
      leasing(async (db) => {
        const { changed } = await renewed(db, { ...held(claimed), until: processNow + leaseMs });
        if (changed === 0) throw leaseLost(claimed);
      }),

    release: (claimed) =>
      leasing(async (db) => {
        await released(db, held(claimed));
      }),

    commit: (claimed, change) =>
      write(async (db) => {
        const { provided, rotation } = change;
        if (provided?.holds(await tally(db, rotation.tenantId, provided.at, provided.of)) === false) return false;
        const update = change.release === true ? committedAndReleased : committedAndKept;
        const { changed } = await update(db, { ...rotationRow(rotation), ...held(claimed) });
        if (changed === 0) throw leaseLost(claimed);
        await writeChange(db, change, claimed.rotation);
        return true;
      }),
  };
}

function leaseLost({ rotation }: Claim): NolapseError {
  return new NolapseError("lease-lost", `another process has taken over the rotation of ${rotation.displayName}`);
}

type Request = Parameters<Store["claim"]>[0];

const leased = prepared((db, value: Value<{ readonly tenant: string; readonly processNow: number }>) =>
  db
    .selectFrom("rotations")
    .select(["object_id", "lease_owner"])
    .where("tenant_id", "=", value("tenant"))
    .where("lease_owner", "is not", null)
    .where("lease_until", ">", value("processNow")),
);

/** From so many on, the due ones are not sorted for each claim; the first due one is looked for in their order instead. */
const MANY = 64;
/** So many claims go the way that the last count showed: both find the same one, and to count costs more than to find it. */
const COUNTED_EVERY = 32;

/** Whether so much is due in a tenant that the most urgent one is looked for by urgency. */
class Backlog {
  /** Claims that wait for the lock: what they have found is as good as gone, and who comes meanwhile looks under the lock. */
  takers = 0;
  #claims = 0;
  #many = false;

  async isLong(db: Db, due: { readonly tenant: string; readonly now: number }): Promise<boolean> {
    if (this.#claims === 0) this.#many = (await nthDue(db, due)).rows.length > 0;
    this.#claims = (this.#claims + 1) % COUNTED_EVERY;
    return this.#many;
  }
}

const nthDue = prepared((db, value: Value<{ readonly tenant: string; readonly now: number }>) =>
  db
    .selectFrom("rotations")
    .select("due_at")
    .where("tenant_id", "=", value("tenant"))
    .where("due_at", "is not", null)
    .where("due_at", "<=", value("now"))
    .orderBy("due_at")
    .limit(1)
    .offset(MANY - 1),
);

/** `many` takes the way by `rotations_urgency`: to the database, an instant that was calculated is in no index. */
const dueOf = (db: Db, tenant: string, now: number, many: boolean) =>
  db
    .selectFrom("rotations")
    .select(["id", "fence", "object_id"])
    .where("tenant_id", "=", tenant)
    .where("due_at", "is not", null)
    .where(many ? sql<number>`due_at + 0` : "due_at", "<=", now)
    .orderBy(sql`replaces_end IS NULL`)
    .orderBy("replaces_end")
    .orderBy("priority", "desc")
    .orderBy("id")
    .limit(2);

const mostUrgent = (many: boolean) =>
  prepared((db, value: Value<{ readonly tenant: string; readonly now: number }>) =>
    dueOf(db, value("tenant"), value("now"), many),
  );
const mostUrgentOfFew = mostUrgent(false);
const mostUrgentOfMany = mostUrgent(true);

const mostUrgentBeside = (many: boolean) =>
  preparedForEach((db, value: Value<{ readonly tenant: string; readonly now: number }>, busy) =>
    dueOf(db, value("tenant"), value("now"), many).where("object_id", "not in", [...busy]),
  );
const mostUrgentOfFewBeside = mostUrgentBeside(false);
const mostUrgentOfManyBeside = mostUrgentBeside(true);

/** The objects on which somebody is at work. */
async function busyObjects(db: Db, { tenantId, processNow }: Request, { mayBeAlive }: LeaseOptions): Promise<string[]> {
  const { rows } = await leased(db, { tenant: tenantId, processNow });
  return rows.flatMap((one) => (one.lease_owner !== null && mayBeAlive(one.lease_owner) ? [one.object_id] : []));
}

interface Due {
  readonly id: string;
  readonly fence: number;
  readonly object_id: string;
  /** Another one is due, too. */
  readonly more: boolean;
}

async function findDue(db: Db, request: Request, lease: LeaseOptions, backlog: Backlog): Promise<Due | null> {
  const { tenantId, now, only } = request;
  const busy = await busyObjects(db, request, lease);
  const many = only === undefined && (await backlog.isLong(db, { tenant: tenantId, now }));
  const due = { tenant: tenantId, now };
  if (only === undefined) {
    const { rows } = await (busy.length === 0
      ? (many ? mostUrgentOfMany : mostUrgentOfFew)(db, due)
      : (many ? mostUrgentOfManyBeside : mostUrgentOfFewBeside)(db, due, busy));
    return firstOf(rows);
  }
  let query = dueOf(db, tenantId, now, many);
  if (busy.length > 0) query = query.where("object_id", "not in", busy);
  return firstOf(await query.where("id", "in", [...only]).execute());
}

function firstOf([first, second]: readonly Omit<Due, "more">[]): Due | null {
  return first === undefined ? null : { ...first, more: second !== undefined };
}

const taken = prepared(
  (db, value: Value<Held & { readonly next: number; readonly until: number; readonly now: number }>) =>
    db
      .updateTable("rotations")
      .set({ fence: value("next"), lease_owner: value("owner"), lease_until: value("until") })
      .where("id", "=", value("id"))
      .where("fence", "=", value("fence"))
      .where("due_at", "<=", value("now"))
      .returning("body"),
);

/** Takes what was found; null where somebody else was faster, on it or on its object. */
async function take(db: Db, request: Request, lease: LeaseOptions, found: Due): Promise<Claim | null> {
  const { now, processNow, leaseMs } = request;
  if ((await busyObjects(db, request, lease)).includes(found.object_id)) return null;
  const [id, next, until] = [found.id, found.fence + 1, processNow + leaseMs];
  const [row] = (await taken(db, { id, fence: found.fence, next, owner: lease.owner, until, now })).rows;
  const [rotation] = row === undefined ? [] : await rotationsFrom(db, [row]);
  return rotation === undefined ? null : { rotation, fence: next, more: found.more };
}
