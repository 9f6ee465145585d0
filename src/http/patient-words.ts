/** Words of persons that wait for the end of a step, and what they may cost those who ask meanwhile. */
import { patiently } from "../engine/commands/patiently.ts";
import type { Asked } from "./route.ts";
import type { Tenant } from "./tenant.ts";

/** So many of a tenant wait at once: each asks the store four times a second. Further ones are refused at once. */
const MOST_WAIT = 20;

type Closable = Pick<Tenant, "deps" | "leaving">;
const waiting = new WeakMap<Closable, number>();

/**
 * What `word` gives, after the end of a step where it must; it waits no longer where the server ends, the tenant is closed, or nobody is there
 * any more to hear what became of it.
 * @throws NolapseError as `patiently` does.
 */
export async function inPatience<T>(
  { tenant, signal, gone }: { readonly tenant: Closable } & Pick<Asked<unknown, unknown, unknown>, "signal" | "gone">,
  word: () => Promise<T>,
): Promise<T> {
  const before = waiting.get(tenant) ?? 0;
  if (before >= MOST_WAIT) return word();
  waiting.set(tenant, before + 1);
  try {
    return await patiently(tenant.deps, word, AbortSignal.any([signal, tenant.leaving.signal, gone()]));
  } finally {
    waiting.set(tenant, (waiting.get(tenant) ?? 1) - 1);
  }
}
