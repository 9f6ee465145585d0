import { OWN_ZONE } from "../session/clock.ts";
import { useTenant } from "../session/tenant.tsx";
import { distance, inZones, shortDistance, written } from "../text/dates.ts";

interface TimeProps {
  /** ISO 8601. */
  readonly at: string | null;
  /** The server's now: with it the distance is written, too. */
  readonly now?: string;
  readonly form?: "date" | "plain" | "dateTime" | "dateTimeSeconds" | "short" | "time";
  /** How the distance is written; `below` is for a column: the date whole in its line, the distance under it. */
  readonly far?: "long" | "short" | "only" | "below";
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

/** In text and beside its name the keyboard comes to it; a row of a table, a link and a button are reached whole. */
const reachable = (time: HTMLTimeElement | null) => {
  if (time?.closest("p, dd") && time.closest("a, button, table, [role=row], li") === null) time.tabIndex = 0;
};

/** An instant by the clock that was chosen; its title has it by the tenant's and by one's own, which it names, and in UTC. */
export function Time({ at, now, form = "date", far = "long" }: TimeProps) {
  const { zone, home } = useTenant();
  if (at === null) return <span className="faint">–</span>;
  const moment = Date.parse(at);
  const away = now === undefined ? null : (far === "short" ? shortDistance : distance)(moment, Date.parse(now), zone);
  return (
    <time ref={reachable} dateTime={at} title={inZones(at, [zone, home, OWN_ZONE])}>
      {far === "only" && away !== null ? away : written(moment, zone, form)}
      {away === null || far === "only" ? null : far === "below" ? (
        <span className="two faint">{away}</span>
      ) : (
        <span className="faint">{far === "long" ? `, ${away}` : ` ${away}`}</span>
      )}
    </time>
  );
}
