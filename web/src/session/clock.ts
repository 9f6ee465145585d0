/** By which clock a person reads times: the tenant's, or his own; kept in this browser. */
import { useMemo, useState } from "react";
import { isZone } from "../text/dates.ts";

export type Clock = "tenant" | "own";

export interface ClockChoice {
  readonly choice: Clock;
  readonly choose: (next: Clock) => void;
}

const KEY = "nolapse-clock";

/** The zone of the browser; UTC where it does not say. */
export const OWN_ZONE: string = ownZone();

function ownZone(): string {
  const said: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return said !== undefined && isZone(said) ? said : "UTC";
}

/** A browser that keeps nothing has the tenant's. */
function kept(): Clock {
  try {
    return localStorage.getItem(KEY) === "own" ? "own" : "tenant";
  } catch {
    return "tenant";
  }
}

export function useClock(): ClockChoice {
  const [choice, setChoice] = useState(kept);
  return useMemo(() => {
    const choose = (next: Clock) => {
      setChoice(next);
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // it holds for this page
      }
    };
    return { choice, choose };
  }, [choice]);
}
