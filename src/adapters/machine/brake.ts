import { existsSync } from "node:fs";
import type { Brake } from "../../ports/brake.ts";

/** `NOLAPSE_STOP=1` in the environment, or a stop file beside the store (design §4.7). */
export function createBrake(environment: Readonly<Record<string, string | undefined>>, stopFile: string): Brake {
  return {
    async pulled() {
      const value = environment.NOLAPSE_STOP ?? "";
      if (value !== "" && value !== "0") return "NOLAPSE_STOP is set";
      return existsSync(stopFile) ? `the stop file ${stopFile} exists` : null;
    },
  };
}
