import { tenantNamed } from "../../core/commands.ts";
import { makePlan } from "../../engine/plan/plan.ts";
import { discover } from "../../engine/scan/discover.ts";
import { type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { planJson, planLines } from "../render/plan.ts";
import { type ExitCode, exitCode } from "../speak.ts";

/** Prints what a run would do. Opens nothing. */
export async function plan(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const made = await withManager(context, config, tenant, async ({ deps }) =>
    makePlan(deps, await discover(deps, context.signal)),
  );
  const { speaker, globals } = context;
  warn(context, config);
  if (globals.json === true) speaker.json(planJson(made));
  else for (const line of planLines(made, tenantNamed(tenant), config.path !== null, speaker.style)) speaker.data(line);
  return exitCode(made.coverage.complete ? 0 : 4);
}
