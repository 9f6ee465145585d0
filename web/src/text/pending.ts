/** What the page of policies says of a configuration file that was changed since it was read. */
import type { Answer } from "../api/client.ts";
import { counted, grouped } from "./dates.ts";

type Pending = Answer<"GET /api/v1/t/{tenant}/policies/pending">;
type Changes = NonNullable<Pending["change"]>["all"];

/** One sentence; null where the file is as it was read. */
export function pendingTitle({ state, file, line, closes, change }: Pending): string | null {
  const name = file ?? "nolapse.yaml";
  switch (state) {
    case "in-force":
      return null;
    case "missing":
      return `${name} is not there any more.`;
    case "invalid":
      return `${name} was changed and is not valid${line === null ? "" : `: line ${line}`}.`;
    case "changed":
      if (closes) return `${name} was changed and does not name this tenant any more.`;
      if (change === null) return `${name} was changed.`;
      return `${name} was changed, and ${foretold(change)}`;
  }
}

const MODES = {
  observe: "nothing would be written any more",
  propose: "each rotation would wait for a person",
  enforce: "what is due would be renewed by itself",
} as const;

/** Another mode comes first: it is about all of them, also where nothing of any one would change. */
function foretold({ mode, applications, elsewhere }: NonNullable<Pending["change"]>): string {
  const many = `would change ${counted(applications, "application")}.`;
  const besides = elsewhere.length === 0 ? "" : ` Changed besides, which is in no count: ${elsewhere.join(", ")}.`;
  if (mode === null && applications === 0)
    return `would change ${elsewhere.length === 0 ? "no application" : "the policy, dates and places of no application"}.${besides}`;
  if (mode === null) return `${many}${besides}`;
  const other = `the mode would be ${mode.to} in place of ${mode.from}: ${MODES[mode.to]}.`;
  return applications === 0 ? `${other}${besides}` : `${other} It ${many}${besides}`;
}

/** How much it matters: what would renew less than now does is a warning. */
export function pendingIntent({ state, closes, change }: Pending): "error" | "warning" | "info" {
  if (state === "invalid" || state === "missing") return "error";
  const rank = Object.keys(MODES);
  const mode = change?.mode ?? null;
  const isLess = mode !== null && rank.indexOf(mode.to) < rank.indexOf(mode.from);
  return closes || isLess || (change?.all.leaves ?? 0) > 0 ? "warning" : "info";
}

/** What was said of it, and what to do. */
export function pendingNext({ state, closes, change }: Pending): string {
  const stays = "What was read before stays in force";
  switch (state) {
    case "missing":
      return `${stays} until the server ends; without the file it does not start again. Next: put it back.`;
    case "invalid":
      return `${stays}. Next: nolapse config check says what is wrong and where.`;
    default:
      return closes
        ? `${stays}. Once the server reads it, nothing of this tenant is renewed any more.`
        : `${stays}${change === null ? "; what it would change is known after the next scan" : ""}. Next: nolapse config check, then start the server again, or send it SIGHUP. Rotations that are open keep their policy; what is stricter now, windows and freezes hold for them, too.`;
  }
}

const WORDS: Readonly<Record<keyof Changes, (many: string) => string>> = {
  leaves: (many) => `${many} would not be managed any more`,
  joins: (many) => `${many} would be managed from then on`,
  policy: (many) => `${many} would have another policy`,
  dates: (many) => `${many} would be renewed at another time`,
  rules: (many) => `${many} would be renewed by other rules`,
  targets: (many) => `${many} would have their values in other places`,
};

/** What would become of so many, the worst first; nothing of what would happen to none. */
export function changeWords(changes: Changes): readonly string[] {
  return (Object.keys(WORDS) as (keyof Changes)[])
    .filter((kind) => changes[kind] > 0)
    .map((kind) => WORDS[kind](grouped(changes[kind])));
}
