import { NolapseError } from "../../core/errors.ts";
import { tellTest } from "../../engine/notices/notify.ts";
import { type Context, configOf, oneTenant, withManager } from "../context.ts";
import { count, type ExitCode } from "../speak.ts";

/** Sends a test to every fixed recipient of `notify:`. */
export async function notifyTest(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  const told = await withManager(context, config, oneTenant(config, context), async ({ deps, notifying }) => {
    if (notifying.channels.length === 0) {
      throw new NolapseError("config-invalid", "the configuration has no webhook and no email under notify", {
        next: "docs/alerts.md shows the entries",
      });
    }
    return tellTest(deps, notifying, context.signal);
  });
  const { speaker, globals } = context;
  if (globals.json === true) speaker.json({ sent: told.length });
  else speaker.data(`${count(told.length, "test")} sent; owners are only written to when something is to be told`);
  return 0;
}
