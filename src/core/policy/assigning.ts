/**
 * Gives a policy to applications by lines of the configuration file, which Nolapse reads and never writes: what each has now and by which
 * entry, and what to write so that it gets another one. Pure, so that what is shown is what `policyFor` will make of it.
 */
import type { Holder } from "../credentials/credential.ts";
import { type Described, entryFor, policyFor } from "./policy-choice.ts";
import { bindingOf, type ListPlace, type Match, type Place, type TenantSettings } from "./settings.ts";

/** Which policy an application has, and what gave it to it. */
export interface PolicySource {
  readonly policy: string;
  /** Its own entry with targets; the first pattern that fits; nothing at all. */
  readonly by: "binding" | "choice" | "default";
  readonly place: Place | null;
  /** Of a choice. */
  readonly pattern: string | null;
}

/** A line to change in an entry that names the application: beside such an entry a pattern would not count. */
export interface Edit {
  readonly appId: string;
  readonly displayName: string;
  readonly place: Place | null;
  /** The line as it has to be. */
  readonly text: string;
  /** The policy the entry names now; null where it names none. */
  readonly instead: string | null;
}

export interface Assignment {
  /** How many have it already. */
  readonly already: number;
  /** Entries to put before all others, since of several that fit the first one holds; empty where there are none. */
  readonly lines: string;
  readonly added: number;
  /** Where they go: above the first dash, or right behind the bracket; null where there is no list, and `lines` begins with the key itself. */
  readonly at: ListPlace | null;
  readonly edits: readonly Edit[];
}

/** @throws NolapseError `config-invalid` as {@link policyFor}. */
export function policySource(settings: TenantSettings, holder: Described): PolicySource {
  const { name: policy } = policyFor(settings, holder);
  const entry = entryFor(settings, holder);
  if (entry === null) return { policy, by: "default", place: null, pattern: null };
  const place = entry.place ?? null;
  return "match" in entry
    ? { policy, by: "choice", place, pattern: patternWords(entry.match) }
    : { policy, by: "binding", place, pattern: null };
}

/** What to write so that each of them gets the policy `wanted`. @throws NolapseError `config-invalid` as {@link policyFor}. */
export function assignPolicy(settings: TenantSettings, holders: readonly Holder[], wanted: string): Assignment {
  const others = holders.filter((one) => policyFor(settings, one).name !== wanted);
  const edits = others.flatMap(({ appId, displayName }): Edit[] => {
    const entry = bindingOf(settings, appId.toLowerCase());
    if (entry === undefined) return [];
    const { place = null, policy: instead } = entry;
    return [{ appId, displayName, place, text: `policy: ${scalar(wanted)}`, instead }];
  });
  const edited = new Set(edits.map(({ appId }) => appId));
  const added = others.filter(({ appId }) => !edited.has(appId));
  const at = settings.entriesAt ?? null;
  return {
    already: holders.length - others.length,
    lines: added.length === 0 ? "" : linesOf(added, wanted, at),
    added: added.length,
    at,
    edits,
  };
}

/** As far to the right as the dashes that are there: in a list of YAML all must be. In brackets a remark could take what follows with it. */
function linesOf(holders: readonly Holder[], policy: string, at: ListPlace | null): string {
  if (at?.flow) {
    return holders
      .map(({ appId }) => `{ match: { appId: ${appId.toLowerCase()} }, policy: ${scalar(policy)} },\n  `)
      .join("");
  }
  const dash = " ".repeat(at === null ? 2 : at.column - 1);
  const entries = holders.flatMap(({ appId, displayName }) => [
    `${dash}- match: { appId: ${appId.toLowerCase()} } # ${remark(displayName)}`,
    `${dash}  policy: ${scalar(policy)}`,
  ]);
  return `${[...(at === null ? ["applications:"] : []), ...entries].join("\n")}\n`;
}

/** A name as YAML takes it for text: plain where it can be nothing else, else in quotes as JSON has them (yaml.org/spec/1.2.2 §7.3.1). */
function scalar(name: string): string {
  const isPlain = /^[A-Za-z][\w-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name);
  return isPlain ? name : JSON.stringify(name).replaceAll(/[\u0085\u2028\u2029\ufeff]/g, (one) => escaped(one));
}

function escaped(one: string): string {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** So many characters of a name tell people which one is meant. */
const REMARK = 60;

/** A name behind `#`: owners write it, so nothing of it may end the line or hide. */
function remark(name: string): string {
  const text = name.replaceAll(/[\p{C}\p{Z}]+/gu, " ").trim();
  return text === "" ? "(no name)" : [...text].slice(0, REMARK).join("");
}

function patternWords(match: Match): string {
  return (["appId", "displayName", "tag", "serviceManagementReference"] as const)
    .flatMap((field) => (match[field] === undefined ? [] : [`${field}: ${match[field]}`]))
    .join(", ");
}
