/** A workbench whose one rotation was driven to a state and waits there. */
import type { RotationEvent, RotationState } from "../../src/core/rotation/rotation.ts";
import type { Workbench } from "./workbench.ts";

/** A rotation in this state, which nothing but the next look keeps from going on. */
export async function stoppedIn<B extends Workbench>(bench: B, state: RotationState): Promise<B> {
  const breakTarget = () => {
    bench.target.broken = new Error("not now");
  };
  if (state === "planned") breakTarget();
  const observe = (_: unknown, { type }: RotationEvent) => {
    bench.events.push(type);
    if (state === "accepted" && type === "accepted") breakTarget();
    if (state === "delivered" && type === "delivered")
      bench.entra.fail("probe", { fault: "probe", probe: { outcome: "inconclusive" } }, 1);
  };
  await bench.drive((one) => one?.state === state, 5, { observe });
  bench.target.broken = null;
  return bench;
}
