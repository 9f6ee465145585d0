/** A store for pages: what it says of the whole tenant is read once as long as nothing in it has changed, and not once for each who asks. */
import type { Store } from "../../ports/store.ts";

/**
 * The same verbs, of which switches, the last scan and the rotations of one application, `own`, are kept for the store's version. For who only
 * reads: between two verbs of the others it is no other store.
 */
export function readOnce(store: Store, own: string | undefined): Store {
  let known: string | null = null;
  const kept = new Map<string, Promise<unknown>>();
  const once = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
    // before anything is read, so that a change meanwhile is a change since
    const version = await store.version();
    if (version !== known) kept.clear();
    known = version;
    const found = kept.get(name) as Promise<T> | undefined;
    if (found !== undefined) return found;
    const made = read();
    if (version === null) return made;
    kept.set(name, made);
    made.catch(() => kept.delete(name));
    return made;
  };
  return {
    ...store,
    switches: (tenantId) => once(`switches ${tenantId}`, () => store.switches(tenantId)),
    lastScan: (tenantId) => once(`scan ${tenantId}`, () => store.lastScan(tenantId)),
    rotations: (filter) => {
      const read = () => store.rotations(filter);
      return own !== undefined && filter.appId === own ? once(JSON.stringify(filter), read) : read();
    },
  };
}
