/** What the dialogs about chosen applications say: what they have now, in groups, and the lines that give them an owner. */
import type { Answer } from "../api/client.ts";
import { plainName } from "./names.ts";

type Item = Answer<"POST /api/v1/t/{tenant}/applications/chosen">["items"][number];

export interface PolicyGroup {
  readonly key: string;
  readonly policy: string;
  readonly count: number;
  /** Why they have it. */
  readonly why: string;
}

/** By policy and by what gives it to them, the most frequent first. `file`: the configuration's name. */
export function policyGroups(
  items: readonly Pick<Item, "policy" | "by" | "line" | "pattern">[],
  file: string | null,
): readonly PolicyGroup[] {
  const groups = new Map<string, PolicyGroup>();
  for (const item of items) {
    // each has an entry of its own, and they are one reason
    const key = JSON.stringify([item.policy, item.by, item.by === "choice" ? item.line : null]);
    const known = groups.get(key);
    groups.set(key, { key, policy: item.policy, count: (known?.count ?? 0) + 1, why: whyOf(item, file) });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function whyOf({ by, line, pattern }: Pick<Item, "by" | "line" | "pattern">, file: string | null): string {
  if (by === "default") return "the default: no entry names them";
  if (by === "binding") return "named in their own entry";
  const place = line === null ? "" : ` (${placeWords(line, file)})`;
  return `the first pattern that fits: ${pattern ?? ""}${place}`;
}

type Foreseen = Answer<"GET /api/v1/t/{tenant}/policies/foreseen">;

/** Which policy a registration will have and why; with `chosen`, where a tag gives it that one. */
export function foreseenWords({ file, now, excluded, others }: Foreseen, chosen: string | null): string {
  if (excluded)
    return `${file ?? "The configuration"} excludes registrations of this name: none of its credentials will be renewed.`;
  const tagged = others.find(({ policy }) => policy === chosen);
  const { policy, line, pattern } = tagged ?? now;
  const place = line === null ? "" : ` (${placeWords(line, file)})`;
  const will = `The policy ${plainName(policy)} will hold for it${place}:`;
  if (tagged !== undefined)
    return `${will} it is made with the tag ${plainName(tagged.tag)}, which that entry looks for.`;
  return pattern === null
    ? `${will} no pattern fits it, so it is the default.`
    : `${will} it is the first that fits, ${plainName(pattern)}.`;
}

export function placeWords(line: number, file: string | null): string {
  return `${file ?? "nolapse.yaml"}, line ${line}`;
}

/** What a sign-in name or an object id may consist of: nothing of it means anything to a shell. */
const PERSON = /^[\p{L}\p{N}._+-]+@[\p{L}\p{N}.-]+$|^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** Why it is nobody's name; null where it could be somebody's. */
export function unfitPerson(text: string): string | null {
  if (text.trim() === "") return null;
  return PERSON.test(text.trim()) ? null : "A sign-in name like anna@contoso.com, or an object id.";
}

/**
 * One line for each application that the person does not own yet. They are the same for a POSIX shell and for PowerShell
 * (learn.microsoft.com/cli/azure/ad/app/owner). Names of applications are left out: what owners write goes into no shell.
 */
export function ownerLines(
  items: readonly Pick<Item, "appId" | "type" | "owners">[],
  person: string,
): { readonly text: string; readonly count: number; readonly already: number; readonly principals: number } {
  const id = person.trim();
  const isId = !id.includes("@");
  const owned = (one: Pick<Item, "owners">) =>
    isId && (one.owners ?? []).some((owner) => owner.id.toLowerCase() === id.toLowerCase());
  const registered = items.filter(({ type }) => type === "application");
  const left = registered.filter((one) => !owned(one));
  const who = isId ? id : `"$(az ad user show --id ${id} --query id --output tsv)"`;
  return {
    text: left.map(({ appId }) => `az ad app owner add --id ${appId} --owner-object-id ${who}\n`).join(""),
    count: left.length,
    already: registered.length - left.length,
    principals: items.length - registered.length,
  };
}
