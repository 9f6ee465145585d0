/** The library: the directory in somebody's own process. */
import { type FaultPlan, type FaultRule, faultPlanSchema } from "./faults/fault-plan.ts";
import { openDirectory, type Started, type StartOptions } from "./start.ts";
import type { DirectoryState } from "./state/state.ts";
import { restoreState, stateSchema } from "./state/state-document.ts";

export { addDuration } from "./clock.ts";
export { type FaultPlan, type FaultRule, faultPlanSchema } from "./faults/fault-plan.ts";
export { createSigningKeys, type SigningKeys } from "./keys/keys.ts";
export { Random } from "./random.ts";
export type {
  Scenario,
  ScenarioApplication,
  ScenarioCertificate,
  ScenarioPrincipal,
  ScenarioSecret,
  ScenarioTenant,
  SeededApplication,
} from "./scenarios/scenario.ts";
export { parseScenario, scenarioSchema } from "./scenarios/scenario-file.ts";
export { writeEnvFile } from "./start.ts";
export type { DirectoryState, SignInRecord } from "./state/state.ts";

/** A fault plan as people write it: the seed defaults to 1. */
export type FaultPlanInput = {
  seed?: number;
  rules?: FaultPlan["rules"];
  limits?: FaultPlan["limits"];
  quotas?: FaultPlan["quotas"];
};

export interface DirectoryOptions extends Omit<StartOptions, "faults"> {
  faults?: FaultPlanInput;
}

export interface Directory extends Started {
  readonly faults: {
    set(plan: FaultPlanInput): void;
    /** How often each fault has been met since the directory began; a lag once for each credential or object that was looked for in vain. */
    met(): Readonly<Partial<Record<FaultRule["fault"], number>>>;
  };
  /**
   * Begins again with a state taken before, of this directory or another one: its applications sign in with the secrets they had there.
   * The clock stays where it is.
   * @throws ZodError for what is no state.
   */
  restore(state: DirectoryState): void;
}

/** Starts an embedded Entra directory. */
export async function createDirectory({ faults, ...options }: DirectoryOptions = {}): Promise<Directory> {
  const plan = faults === undefined ? {} : { faults: faultPlanSchema.parse(faults) };
  const { directory, engine } = await openDirectory({ ...options, ...plan });
  // added to the object itself: a copy would make the file of its authority, which is made when it is first asked for
  return Object.assign(directory, {
    faults: {
      set: (given: FaultPlanInput) => engine.setFaults(faultPlanSchema.parse(given)),
      met: () => engine.faults.met,
    },
    restore: (state: DirectoryState) => void restoreState(engine, stateSchema.parse(structuredClone(state))),
  });
}

/** The same, on port 8443 unless told otherwise. */
export function startDirectory(options: DirectoryOptions = {}): Promise<Directory> {
  return createDirectory({ ...options, listen: options.listen || { port: 8443 } });
}
