import { command, tenantNamed } from "../../core/commands.ts";
import { askEmergency } from "../../engine/commands/emergency.ts";
import { runOnce } from "../../engine/maintain.ts";
import { waitingOf } from "../../engine/views/under-way.ts";
import { confirm } from "../confirm.ts";
import { type Context, configOf, oneTenant, personOf, withManager } from "../context.ts";
import { isHeldBack, runJson, runLines } from "../render/run.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { waitOf } from "../wait.ts";
import { teller, waits } from "./run.ts";

const TOKENS =
  "tokens issued before stay good until they end, up to 60 to 90 minutes; blocking the application's sign-in does not end them";

/** A value has leaked: its successor is delivered and verified, and the leaked credential is removed at once. */
export async function emergency(context: Context, app: string, keyId: string, wait?: number): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const { speaker, globals } = context;
  await confirm(
    context,
    `nolapse: credential ${keyId} of ${app} is removed as soon as its successor is verified, without an overlap:\n` +
      `nolapse: whoever holds a copy that is not in a target of its slot is cut off; ${TOKENS}`,
    keyId,
  );
  return withManager(
    context,
    config,
    tenant,
    async ({ deps }) => {
      const { id } = await askEmergency(deps, app, keyId, await personOf(context, config, tenant));
      const options = { wait: waitOf(wait, tenant.acceptance.over), only: [id], signal: context.signal };
      const report = { ...(await runOnce(deps, { ...options, onWait: waits(context) })), opened: 1 };
      const waiting = (await waitingOf(deps)).filter(({ rotation }) => rotation.id === id);
      if (globals.json === true) speaker.json(runJson(tenant.name, report, waiting));
      else for (const line of runLines(report, waiting, tenantNamed(tenant), speaker.style)) speaker.data(line);
      const rotation = await deps.store.rotation(id);
      const isGone = rotation?.removedAt != null;
      const why = command(tenantNamed(tenant), `explain ${app}`);
      speaker.say(`nolapse: ${keyId} ${isGone ? "is removed" : `is NOT removed yet; ${why} says why`}; ${TOKENS}`);
      return exitCode(isGone ? 0 : 4, isHeldBack(report) ? 5 : 0);
    },
    teller(context, "whole"),
  );
}
