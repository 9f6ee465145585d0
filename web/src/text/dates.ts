/** Instants as people read them: `Sat 28 Nov 2026, 09:04`, and how far away they are. */

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

type Style = "date" | "plain" | "dateTime" | "dateTimeSeconds" | "short" | "time" | "month";

const DATE_TIME: Intl.DateTimeFormatOptions = {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

const STYLES: Readonly<Record<Style, Intl.DateTimeFormatOptions>> = {
  date: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  plain: { day: "numeric", month: "short", year: "numeric" },
  dateTime: DATE_TIME,
  dateTimeSeconds: { ...DATE_TIME, second: "2-digit" },
  short: { day: "numeric", month: "short" },
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  month: { month: "short", year: "numeric" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(style: Style | "day", zone: string): Intl.DateTimeFormat {
  const key = `${style} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made =
    style === "day"
      ? new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" })
      : new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...STYLES[style] });
  formats.set(key, made);
  return made;
}

/** An instant in a zone. The comma after the weekday that `en-GB` writes is left out. */
export function written(at: number, zone: string, style: Style = "date"): string {
  return formatOf(style, zone)
    .format(at)
    .replace(/^(\w{3}), /, "$1 ")
    .replace("Sept", "Sep");
}

/** The same instant in zones, which are named, and in UTC: `Sat 28 Nov 2026, 10:04:00 Europe/Amsterdam; 2026-11-28T09:04:00Z`. */
export function inZones(at: string, zones: readonly string[]): string {
  const all = [...new Set(zones)].map((zone) => `${written(Date.parse(at), zone, "dateTimeSeconds")} ${zone}`);
  return [...all, at].join("; ");
}

/** Whether times can be told in it here. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: name }).format(0) !== "";
  } catch {
    return false;
  }
}

/** `2026-11-28` in a zone. */
export function dayOf(at: number, zone: string): string {
  return formatOf("day", zone).format(at);
}

function calendarDays(from: number, to: number, zone: string): number {
  return Math.round((Date.parse(dayOf(to, zone)) - Date.parse(dayOf(from, zone))) / DAY);
}

/** The first and the last of the days of which the first page counts what ends. */
export function thirtyDays({ now, zone }: { readonly now: string; readonly zone: string }) {
  const day = (days: number) => dayOf(Date.parse(now) + days * 86_400_000, zone);
  return { from: day(0), to: day(30) };
}

/** "in 50 days", "in 31 hours" (rounded down), "in 12 minutes", "now"; "ago" for what is over. */
export function distance(at: number, now: number, zone: string): string {
  const [amount, unit] = amountOf(at, now, zone);
  if (unit === "now") return "now";
  const words = `${grouped(amount)} ${unit}${amount === 1 ? "" : "s"}`;
  return at >= now ? `in ${words}` : `${words} ago`;
}

/** The same for a column: "50 d", "31 h". */
export function shortDistance(at: number, now: number, zone: string): string {
  const [amount, unit] = amountOf(at, now, zone);
  return unit === "now" ? "now" : `${at < now ? "−" : ""}${grouped(amount)} ${unit === "minute" ? "min" : unit[0]}`;
}

const YEAR = 365.25 * 24 * HOUR;
/** From here on nobody counts days: a certificate to 2123 ends in so many years. */
const LONG = 4 * YEAR;

function amountOf(
  at: number,
  now: number,
  zone: string,
): readonly [number, "year" | "day" | "hour" | "minute" | "now"] {
  const apart = Math.abs(at - now);
  if (apart >= LONG) return [Math.floor(apart / YEAR), "year"];
  if (apart >= 48 * HOUR) return [Math.abs(calendarDays(now, at, zone)), "day"];
  if (apart >= 90 * MINUTE) return [Math.floor(apart / HOUR), "hour"];
  if (apart >= MINUTE) return [Math.floor(apart / MINUTE), "minute"];
  return [0, "now"];
}

const UNITS: Readonly<Record<string, string>> = {
  y: "year",
  w: "week",
  d: "day",
  h: "hour",
  m: "minute",
  s: "second",
};

/** "180 days", "1 day 6 hours" for `180d` and `1d6h`, as the configuration writes lengths; other words stay as they are. */
export function spelled(length: string): string {
  if (!/^(\d+[ywdhms])+$/.test(length)) return length;
  return [...length.matchAll(/(\d+)([ywdhms])/g)]
    .map(([, amount = "", unit = ""]) => counted(Number(amount), UNITS[unit] ?? unit))
    .join(" ");
}

/** 6,214. */
export function grouped(count: number): string {
  return count.toLocaleString("en-GB");
}

/** "1 application", "3 applications". */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** "40 min", "3 h 20 min", "5 days 2 h": how long something took, rounded down, and never to nothing. */
export function durationWords(length: number): string {
  const minutes = Math.max(1, Math.floor(length / MINUTE));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 1) return `${grouped(days)} days${hours === 0 ? "" : ` ${hours} h`}`;
  const whole = days * 24 + hours;
  if (whole === 0) return `${rest} min`;
  return rest === 0 ? `${whole} h` : `${whole} h ${rest} min`;
}
