/** Changes that are made once however often they are sent: pressed again after a lost answer it is the same request. */
import { type Answer, type ChangeRoute, type Changing, change, takesKey } from "./client.ts";

export type Send = <R extends ChangeRoute>(route: R, asking: Changing<R>) => Promise<Answer<R>>;

/** So long a key is kept that nobody has answered; milliseconds. After it a person has long looked, and means a change of its own. */
const KEPT = 600_000;

/**
 * Sends for one opening of a dialog: the same request has the same key until it is answered, another one has another. What was answered
 * is over: the same words are a new change from then on. `now`: milliseconds.
 */
export function sender(now: () => number = Date.now): Send {
  const keys = new Map<string, { readonly key: string; readonly since: number }>();
  return async (route, asking) => {
    if (!takesKey(route)) return change(route, asking);
    const { params, query, body } = asking;
    const request = JSON.stringify([route, params, query, body]);
    const before = keys.get(request);
    const kept =
      before !== undefined && now() - before.since < KEPT ? before : { key: crypto.randomUUID(), since: now() };
    keys.set(request, kept);
    const answer = await change(route, { ...asking, key: kept.key });
    keys.delete(request);
    return answer;
  };
}
