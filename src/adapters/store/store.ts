/** The repository: each verb of the port as one transaction, in SQL that both databases understand. */
import type { Store } from "../../ports/store.ts";
import { answers } from "./answers.ts";
import { books, trail } from "./books.ts";
import { chain } from "./chain.ts";
import { claims, type LeaseOptions } from "./claims.ts";
import type { Database } from "./database.ts";
import { drift } from "./drift.ts";
import { inventory } from "./inventory.ts";
import { notices } from "./notices.ts";
import { rotations } from "./rotations.ts";
import { shown } from "./shown.ts";

export function createRepository(database: Database, lease: LeaseOptions): Store {
  return {
    ...inventory(database),
    ...rotations(database, lease.mayBeAlive),
    ...claims(database, lease),
    ...books(database),
    ...trail(database),
    ...chain(database),
    ...drift(database),
    ...notices(database),
    ...answers(database),
    ...shown(database),
    close: () => database.close(),
  };
}
