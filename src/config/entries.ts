/** The entries of `applications`: which application goes to which targets, which policy whoever fits gets, and where that is written. */
import type { Binding, Choice, ListPlace, Place } from "../core/policy/settings.ts";
import type { Source } from "./locate.ts";
import type { BoundEntry, ConfigFile } from "./schema.ts";

/** In the order of the file: of two choices the first one holds. */
export function entriesOf(
  source: Source,
  { applications }: ConfigFile,
): { readonly bindings: readonly Binding[]; readonly choices: readonly Choice[] } {
  const placed = applications.map((entry, index) => ({
    entry,
    place: source.position(["applications", index]) ?? { line: 1, column: 1 },
  }));
  return {
    bindings: placed.flatMap(({ entry, place }) => ("appId" in entry ? [binding(entry, place)] : [])),
    choices: placed.flatMap(({ entry, place }) => ("match" in entry ? [{ ...entry, place }] : [])),
  };
}

/** Where their list begins; null where there is none. */
export function entriesPlace(source: Source): ListPlace | null {
  const place = source.position(["applications"]);
  return place && { ...place, flow: source.isFlow(["applications"]) };
}

function binding(entry: BoundEntry, place: Place): Binding {
  return {
    appId: entry.appId.toLowerCase(),
    ...(entry.objectId === undefined ? {} : { objectId: entry.objectId.toLowerCase() }),
    policy: entry.policy ?? null,
    place,
    slots:
      entry.credentials?.map(({ slot, current, targets }) => ({ slot, current, targets })) ??
      (entry.targets === undefined ? [] : [{ slot: "default", current: null, targets: entry.targets }]),
    consumers: entry.consumers ?? "unknown",
    signIn:
      entry.signIn === undefined
        ? null
        : {
            authority: entry.signIn.authority ?? null,
            tenant: entry.signIn.tenant ?? null,
            scope: entry.signIn.scope ?? null,
          },
  };
}
