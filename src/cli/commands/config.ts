import { type Context, configOf } from "../context.ts";
import type { ExitCode } from "../speak.ts";

/** The resolved configuration. It holds references, never values, so it can be shown whole. */
export async function show(context: Context): Promise<ExitCode> {
  const { speaker } = context;
  const config = configOf(context);
  speaker.json(config);
  for (const warning of config.warnings) speaker.say(`nolapse: ${warning}`);
  return 0;
}

export async function check(context: Context): Promise<ExitCode> {
  const { speaker, globals } = context;
  const config = configOf(context);
  const bound = config.tenants[0]?.bindings.length ?? 0;
  for (const warning of config.warnings) speaker.say(`nolapse: ${warning}`);
  const from = config.path ?? "the environment";
  if (globals.json === true) speaker.json({ path: config.path, warnings: config.warnings });
  else {
    const targets = Object.keys(config.targets).length;
    speaker.data(`${from} is valid: ${config.tenants.length} tenants, ${bound} applications, ${targets} targets`);
  }
  return 0;
}

export async function schema({ composition, speaker }: Context): Promise<ExitCode> {
  speaker.json(composition.configJsonSchema());
  return 0;
}
