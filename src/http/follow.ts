/** The events of one tenant as a stream (WHATWG HTML, server-sent events). */
import type { Events, Told } from "./events.ts";
import type { Stream } from "./route.ts";

/** Milliseconds; proxies close what is silent for a minute. */
const HEARTBEAT = 20_000;

/**
 * A stream from after a number on. It begins with `hello`, which names the process and the number it begins at; where numbers were
 * missed, `complete` is false and whoever listens asks again for all he shows.
 */
export function follow(events: Events, after: number | null, isFor: (told: Told) => boolean): Stream {
  return (send, ended) => {
    const missed = after === null ? [] : events.since(after);
    const hello = { stream: events.stream, number: events.number, complete: missed !== null };
    send(`retry: 2000\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`);
    const tell = (number: number, told: Told) => {
      // those that are not for him still have a number, so that he sees no gap in his own
      const line = isFor(told)
        ? `event: ${told.type}\ndata: ${JSON.stringify({ ...told, number })}`
        : "event: other\ndata: {}";
      send(`id: ${number}\n${line}\n\n`);
    };
    for (const { number, told } of missed ?? []) tell(number, told);
    const stop = events.listen(tell);
    const beat = setInterval(() => send(": still here\n\n"), HEARTBEAT);
    beat.unref();
    ended.addEventListener("abort", () => {
      stop();
      clearInterval(beat);
    });
  };
}
