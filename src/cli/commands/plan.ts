import { tenantNamed } from "../../core/commands.ts";
import { makePlan } from "../../engine/plan/plan.ts";
import { discover } from "../../engine/scan/discover.ts";
import { heldOf } from "../../engine/views/under-way.ts";
import { type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { planJson, planLines } from "../render/plan.ts";
import { type ExitCode, exitCode } from "../speak.ts";

/** Prints what a run would do. Opens nothing. */
export async function plan(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const { made, held } = await withManager(context, config, tenant, async ({ deps }) => ({
    made: await makePlan(deps, await discover(deps, context.signal)),
    held: await heldOf(deps),
  }));
  const { speaker, globals } = context;
  warn(context, config);
  if (globals.json === true) speaker.json(planJson(made, held));
  else {
    const around = { held, tenant: tenantNamed(tenant), hasFile: config.path !== null };
    for (const line of planLines(made, around, speaker.style)) speaker.data(line);
  }
  return exitCode(made.coverage.complete ? 0 : 4);
}
