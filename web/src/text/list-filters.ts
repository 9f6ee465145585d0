/** The words of the list's tabs and pills. Pure. */
import type { Answer } from "../api/client.ts";
import { written } from "./dates.ts";
import { plainName } from "./names.ts";

/** Days of a filter, `2026-12-01`, both included. A day has no hour: it is the same in every zone. */
export type Days = {
  readonly endsFrom?: string | undefined;
  readonly endsTo?: string | undefined;
};

/** "1 Dec 2026 to 7 Dec 2026"; null where nothing is asked. What is no date stays as it was written. */
export function daysWords({ endsFrom, endsTo }: Days): string | null {
  if (endsFrom === undefined && endsTo === undefined) return null;
  if (endsFrom === endsTo) return `on ${dayWords(endsFrom)}`;
  if (endsTo === undefined) return `from ${dayWords(endsFrom)}`;
  return endsFrom === undefined ? `until ${dayWords(endsTo)}` : `${dayWords(endsFrom)} to ${dayWords(endsTo)}`;
}

function dayWords(day = ""): string {
  const at = Date.parse(`${day}T12:00:00Z`);
  return Number.isNaN(at) ? day : written(at, "UTC");
}

export type ListView = keyof Answer<"GET /api/v1/t/{tenant}/applications">["facets"]["view"];

/** Tabs of the list, in their order. */
export const LIST_VIEWS: Readonly<Record<ListView, string>> = {
  all: "All",
  "needs-person": "Needs a person",
  "ends-soon": "Ends in 30 days",
  "not-managed": "Not managed",
  ended: "Ended",
  "renewed-elsewhere": "Renewed elsewhere",
  "no-credential": "No credential",
};

type Owners = readonly { readonly id: string; readonly name: string | null }[];

/** Choices of the owner's pill: nobody, and whoever the address asks for, by his name where a row has it. */
export function ownerChoices(owner: string | undefined, rows: readonly { readonly owners: Owners | null }[]) {
  const nobody = ["none", "nobody"] as const;
  if (owner === undefined || owner === "none") return [nobody];
  const known = rows.flatMap(({ owners }) => owners ?? []).find(({ id }) => id.toLowerCase() === owner.toLowerCase());
  return [nobody, [owner, known === undefined || known.name === null ? owner : plainName(known.name)] as const];
}
