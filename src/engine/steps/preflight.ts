import type { Claimed } from "../claimed.ts";
import { targetOf } from "./target.ts";

/** Checks every target, changing nothing, before anything irreversible is created (design §4.5). */
export async function preflight(claimed: Claimed): Promise<void> {
  for (const { target } of claimed.rotation.deliveries) {
    await targetOf(claimed, target).preflight(claimed.signal);
  }
  await claimed.record([{ type: "preflighted", at: await claimed.now() }]);
}
