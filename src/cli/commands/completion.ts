import type { Command } from "commander";
import type { Surroundings } from "../context.ts";
import { completionScript, type Shell } from "../render/completion.ts";
import type { ExitCode } from "../speak.ts";

/** Prints the script by which a shell completes `nolapse`; needs no configuration and reaches nothing. */
export async function completion({ speaker }: Surroundings, program: Command, shell: Shell): Promise<ExitCode> {
  for (const line of completionScript(program, shell).trimEnd().split("\n")) speaker.data(line);
  return 0;
}
