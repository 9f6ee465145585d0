/**
 * Target `manual`: a place that only a person can reach, such as a vendor's console. The value is handed to that person once
 * (`nolapse deliver`), who says when it is there (`nolapse delivered`); a sign-in with it proves it. Nothing is written from here.
 */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import type { Target } from "../../ports/target.ts";
import type { TargetBase } from "./target-base.ts";

export const manualSettings = z.strictObject({
  type: z.literal("manual"),
  person: z.string().min(1).max(200).meta({ description: "who takes the value there, as people know them" }),
  console: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: "where it is installed: an address, or the way there in words" }),
});

export function createManual(base: TargetBase, { person, console }: z.infer<typeof manualSettings>): Target {
  return {
    ...base,
    type: "manual",
    kinds: ["secret", "certificate"],
    carried: { by: person, to: console ?? base.name },
    // there is nothing to ask before a person looks
    preflight: async () => undefined,
    deliver: async () => {
      throw new NolapseError("target-forbidden", `target ${base.name}: only ${person} can bring a value there`, {
        next: "nolapse deliver ROTATION hands it over; nolapse plan shows the rotation",
      });
    },
  };
}
