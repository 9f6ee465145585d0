/** The events of one tenant as a stream (WHATWG HTML, server-sent events). */
import { type Batch, type Events, type Told, written } from "./events.ts";
import type { Stream } from "./route.ts";

/** Milliseconds; proxies close what is silent for a minute. */
const HEARTBEAT = 20_000;
/** An access token lasts about an hour, and who has none any more shall hear no more; milliseconds. */
const LONGEST = 60 * 60_000;

export interface Listening {
  readonly tenant: string;
  /** Which events are for him; null: all of the tenant. */
  readonly isFor: ((told: Told) => boolean) | null;
  /** Whether the listener may go on listening. */
  readonly goesOn: () => boolean;
}

/**
 * A stream from after a number on. It begins with `hello`, which names the process and the number it begins at; where numbers were
 * missed, `complete` is false and whoever listens asks again for all he shows. It ends with the session it was opened in, and after
 * an hour in any case: listeners come back by themselves.
 */
export function follow(events: Events, after: number | null, { tenant, isFor, goesOn }: Listening): Stream {
  return ({ send, end, ended }) => {
    const missed = after === null ? [] : events.since(after);
    const hello = { stream: events.stream, number: events.number, complete: missed !== null };
    send(`retry: 2000\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`);
    const isOwn = isFor ?? ((told: Told) => told.tenant === tenant);
    if (missed !== null && missed.length > 0) send(written(missed, isOwn));
    const tell = (batch: Batch) => {
      if (!goesOn()) end();
      else send(isFor === null ? batch.textOf(tenant) : written(batch.events, isFor));
    };
    const stop = events.listen(tell);
    const beat = setInterval(() => (goesOn() ? void send(": still here\n\n") : end()), HEARTBEAT);
    const last = setTimeout(end, LONGEST);
    beat.unref();
    last.unref();
    const over = () => {
      stop();
      clearInterval(beat);
      clearTimeout(last);
    };
    if (ended.aborted) over();
    else ended.addEventListener("abort", over);
  };
}
