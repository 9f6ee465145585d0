/** Kinds of faults as a person types them. */
import { InvalidArgumentError } from "commander";
import { FAULT_KIND_NAMES, type FaultKind } from "../core/fault-kinds.ts";

/** Those of a list with commas. @throws commander's InvalidArgumentError for what is none. */
export function faultKinds(text: string): readonly FaultKind[] {
  return text.split(",").map((typed) => {
    const kind = FAULT_KIND_NAMES.find((one) => one === typed.trim());
    if (kind === undefined) throw new InvalidArgumentError(`kinds are ${FAULT_KIND_NAMES.join(", ")}`);
    return kind;
  });
}
