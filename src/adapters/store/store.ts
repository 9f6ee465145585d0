/** The repository: each verb of the port as one transaction, in SQL that both databases understand; but `version`, which is each one's own. */
import type { Store } from "../../ports/store.ts";
import { answers } from "./answers.ts";
import { books, switchboard } from "./books.ts";
import { chain } from "./chain.ts";
import { claims, type LeaseOptions } from "./claims.ts";
import type { Database } from "./database.ts";
import { drift } from "./drift.ts";
import { inventory } from "./inventory.ts";
import { lapses } from "./lapses.ts";
import { notices } from "./notices.ts";
import { pauses } from "./pauses.ts";
import { reveals } from "./reveals.ts";
import { rotations } from "./rotations.ts";
import { shown } from "./shown.ts";
import { trail } from "./trail.ts";

/** The verbs, and how often anything they tell of has changed by them; a lease alone is nothing that anybody is told of. */
export interface Repository {
  readonly verbs: Omit<Store, "version">;
  readonly changes: () => number;
}

export function createRepository(database: Database, lease: LeaseOptions): Repository {
  let changes = 0;
  // after the change, so that what was read before it is never taken for what is there
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      changes += 1;
    }
  };
  const telling: Database = {
    ...database,
    write: (work) => counted(database.write(work)),
    writeAtLength: (work) => counted(database.writeAtLength(work)),
  };
  const leases = claims(database, lease);
  const verbs = {
    ...inventory(telling),
    ...rotations(telling, lease.mayBeAlive),
    ...leases,
    commit: (...change: Parameters<Store["commit"]>) => counted(leases.commit(...change)),
    ...books(telling),
    ...switchboard(telling),
    ...pauses(telling, lease.mayBeAlive),
    ...trail(telling),
    ...chain(telling),
    ...drift(telling),
    ...lapses(telling),
    ...notices(telling),
    ...answers(telling),
    ...shown(telling),
    ...reveals(telling),
    close: () => database.close(),
  };
  return { verbs, changes: () => changes };
}
