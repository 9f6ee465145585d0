/**
 * Another process on the same store. `claim-all` claims every due rotation, one after another, and marks each with its
 * process id; `hold` claims one, says so on stdout and keeps it until it is killed.
 */
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { NOW, TENANT } from "../core/make.ts";

const [path = "", task = ""] = process.argv.slice(2);
const store = openSqliteStore({ path });
const claim = () => store.claim({ tenantId: TENANT, now: NOW, processNow: performance.timeOrigin, leaseMs: 600_000 });

if (task === "claim-all") {
  for (let next = await claim(); next !== null; next = await claim()) {
    const rotation = { ...next.rotation, displayName: `${next.rotation.displayName} ${process.pid}`, dueAt: null };
    await store.commit(next, { rotation, audit: [] });
    await store.release(next);
  }
  await store.close();
} else {
  const held = await claim();
  process.stdout.write(`${held?.rotation.id}\n`);
  setInterval(() => undefined, 60_000);
}
