/** A process with one mistake planted (or none): hunts seeds as its parent sends them. */
import { tell } from "../../src/rehearse/watch/finding.ts";
import { type HuntingWorld, hunt } from "./hunt.ts";

export interface HuntAsked {
  readonly world: HuntingWorld;
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface HuntDone {
  /** Null: no seed found anything. */
  readonly found: { readonly seed: number; readonly kind: string; readonly what: string; readonly told: string } | null;
  readonly seeds: number;
}

async function search({ world, firstSeed, seeds }: HuntAsked): Promise<HuntDone> {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    let finding: { kind: string; what: string; told: string } | null;
    try {
      const found = await hunt(world, seed);
      finding = found === null ? null : { kind: found.kind, what: found.what, told: tell(found) };
    } catch (thrown) {
      // the engine itself fell over it: a fault of our own that the rehearsal does not catch
      const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      finding = { kind: "break", what: what.split("\n")[0] ?? "", told: what };
    }
    if (finding !== null) return { found: { seed, ...finding }, seeds: seed - firstSeed + 1 };
  }
  return { found: null, seeds };
}

process.on("message", (asked: HuntAsked) => {
  search(asked).then(
    (done) => process.send?.(done, () => process.exit(0)),
    () => process.exit(1),
  );
});
