/** Changes that are made once however often they are sent: pressed again after a lost answer it is the same request. */
import { type Answer, type ChangeRoute, type Changing, change, takesKey } from "./client.ts";

export type Send = <R extends ChangeRoute>(route: R, asking: Changing<R>) => Promise<Answer<R>>;

/**
 * Sends for one opening of a dialog: the same request has the same key until it is answered, another one has another. What was answered
 * is over: the same words are a new change from then on.
 */
export function sender(): Send {
  const keys = new Map<string, string>();
  return async (route, asking) => {
    if (!takesKey(route)) return change(route, asking);
    const { params, query, body } = asking;
    const request = JSON.stringify([route, params, query, body]);
    const key = keys.get(request) ?? crypto.randomUUID();
    keys.set(request, key);
    const answer = await change(route, { ...asking, key });
    keys.delete(request);
    return answer;
  };
}
