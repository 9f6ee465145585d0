/** A target with its writes taken out; see entra.ts beside it. */
import type { Target } from "../../ports/target.ts";
import { refusedByMode } from "./refused.ts";

/** A write that would have been made; never the value. */
export interface TargetEffect {
  readonly effect: "deliver" | "reload-consumer" | "retired";
  readonly target: string;
  readonly keyId: string | null;
}

/** Has exactly the optional powers of `inner`: the engine decides by which methods there are. */
export function createNoEffectTarget(inner: Target, onEffect: (effect: TargetEffect) => void = () => {}): Target {
  const target = inner.name;
  return {
    name: target,
    type: inner.type,
    kinds: inner.kinds,
    reload: inner.reload,
    ...(inner.carried === undefined ? {} : { carried: inner.carried }),
    preflight: (signal) => inner.preflight(signal),
    async deliver({ keyId }) {
      onEffect({ effect: "deliver", target, keyId });
      throw refusedByMode(`delivering to ${target}`);
    },
    ...(inner.readBack === undefined ? {} : { readBack: inner.readBack.bind(inner) }),
    ...(inner.retired === undefined
      ? {}
      : {
          async retired(keyId: string) {
            onEffect({ effect: "retired", target, keyId });
            throw refusedByMode(`disabling old versions in ${target}`);
          },
        }),
    ...(inner.reloadConsumer === undefined
      ? {}
      : {
          async reloadConsumer() {
            onEffect({ effect: "reload-consumer", target, keyId: null });
            throw refusedByMode(`telling the consumer of ${target} to reload`);
          },
        }),
  };
}
