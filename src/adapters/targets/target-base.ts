import type { Reload } from "../../core/policy/policy.ts";

/** What every target has, whatever its type. */
export interface TargetBase {
  readonly name: string;
  readonly reload: Reload;
  readonly reloadConsumer?: (signal?: AbortSignal) => Promise<void>;
}
