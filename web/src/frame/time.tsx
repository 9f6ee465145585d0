import { distance, inBoth, shortDistance, written } from "../text/dates.ts";
import { useTenant } from "./tenant.tsx";

interface TimeProps {
  /** ISO 8601. */
  readonly at: string | null;
  /** The server's now: with it the distance is written, too. */
  readonly now?: string;
  readonly form?: "date" | "dateTime" | "dateTimeSeconds" | "short" | "time";
  readonly far?: "long" | "short" | "only";
}

/** Seconds are of use for what comes within the hour; then how far away it is says less than the time. */
const NEAR = 60 * 60_000;

/** An instant that is awaited: soon to the second, else with how far away it is. */
export function Coming({ at, now }: { readonly at: string; readonly now: string }) {
  return Math.abs(Date.parse(at) - Date.parse(now)) < NEAR ? (
    <Time at={at} form="dateTimeSeconds" />
  ) : (
    <Time at={at} now={now} form="dateTime" />
  );
}

/** An instant in the tenant's zone; its title names the zone, and has it in UTC. */
export function Time({ at, now, form = "date", far = "long" }: TimeProps) {
  const { zone } = useTenant();
  if (at === null) return <span className="faint">–</span>;
  const moment = Date.parse(at);
  const away = now === undefined ? null : (far === "short" ? shortDistance : distance)(moment, Date.parse(now), zone);
  return (
    <time dateTime={at} title={inBoth(at, zone)}>
      {far === "only" && away !== null ? away : written(moment, zone, form)}
      {away === null || far === "only" ? null : (
        <span className="faint">{far === "long" ? `, ${away}` : ` ${away}`}</span>
      )}
    </time>
  );
}
