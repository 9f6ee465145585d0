/** Hears what changes in a tenant, and asks again for what is shown. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { endEarly } from "../api/early.ts";
import type { Read } from "../text/stamp.ts";
import { nowRead } from "./reading.ts";

/** What comes in a burst is one refetch; milliseconds. */
const APART = 1_000;

const HEARD = ["rotation", "application", "scan", "switches", "rehearsal", "target", "ready"] as const;

interface Scanning {
  readonly read: Read;
}

/** Hears of each look at the tenant that is over, also of one that saw nothing new. */
export const looks = new EventTarget();

/** Whether the stream is there; "lost" while it is being opened again. `session`: another text for another session. */
export function useLive(tenant: string, session: string | null): "live" | "lost" | "opening" {
  const [state, setState] = useState<"live" | "lost" | "opening">("opening");
  const client = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused without a session is not opened again by itself
  useEffect(() => {
    if (tenant === "") return;
    const source = new EventSource(`/api/v1/t/${encodeURIComponent(tenant)}/events`);
    let timer: number | undefined;
    let isFirst = true;
    const refetch = () => {
      timer = undefined;
      void client.invalidateQueries();
    };
    const soon = () => {
      timer ??= window.setTimeout(refetch, APART);
    };
    source.addEventListener("hello", () => {
      setState("live");
      // whatever happened while nobody listened; the first answers may be from before
      if (endEarly() || !isFirst) soon();
      isFirst = false;
    });
    for (const type of HEARD) source.addEventListener(type, soon);
    source.addEventListener("scan", () => {
      looks.dispatchEvent(new Event("over"));
      nowRead(null);
    });
    source.addEventListener("scanning", ({ data }: MessageEvent<string>) =>
      nowRead((JSON.parse(data) as Scanning).read),
    );
    source.addEventListener("error", () => {
      setState("lost");
      // refused, not broken: the session may be over
      if (source.readyState === EventSource.CLOSED) soon();
    });
    return () => {
      window.clearTimeout(timer);
      source.close();
      nowRead(null);
    };
  }, [tenant, session, client]);
  return state;
}
