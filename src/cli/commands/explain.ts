import { DAY } from "../../core/time.ts";
import { explainApplication } from "../../engine/views/explain.ts";
import { type Context, configOf, oneTenant, withManager } from "../context.ts";
import { explainJson, explainLines } from "../render/explain.ts";
import { type ExitCode, exitCode } from "../speak.ts";

/** Prints every check and deadline of one application. */
export async function explain(context: Context, app: string): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const told = await withManager(context, config, tenant, ({ deps }) => explainApplication(deps, app, 90 * DAY));
  const { speaker, globals } = context;
  if (globals.json === true) speaker.json(explainJson(told));
  else for (const line of explainLines(told, speaker.style)) speaker.data(line);
  return exitCode(told.coverage.complete ? 0 : 4);
}
