import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Brake } from "../../ports/brake.ts";

/** `NOLAPSE_STOP=1` in the environment, or a stop file beside the store (design §4.7). */
export function createBrake(environment: Readonly<Record<string, string | undefined>>, stopFile: string): Brake {
  return {
    async pulled() {
      const value = environment.NOLAPSE_STOP ?? "";
      if (value !== "" && value !== "0") return "NOLAPSE_STOP is set";
      // every Reader of the server is told, so it does not say where on the machine that is
      return existsSync(stopFile) ? `the stop file ${basename(stopFile)} beside the store exists` : null;
    },
  };
}
