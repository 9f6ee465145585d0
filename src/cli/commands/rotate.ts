import { NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import { ask } from "../../engine/control.ts";
import { runOnce } from "../../engine/maintain.ts";
import { waitingOf } from "../../engine/views.ts";
import { actorOf, type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { isHeldBack, runJson, runLines } from "../render/run.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { waitOf } from "../wait.ts";
import { teller, waits } from "./run.ts";

export interface RotateOptions {
  readonly now?: boolean;
  readonly wait?: number;
}

/** Takes the named applications through the states until they wait for something further off than `--wait`. */
export async function rotate(context: Context, apps: readonly string[], options: RotateOptions): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  warn(context, config);
  return withManager(
    context,
    config,
    tenant,
    async ({ deps }) => {
      const asked = await ask(deps, apps, { now: options.now === true, actor: actorOf(context) });
      const only = asked.rotations.map((one) => one.id);
      for (const item of asked.refused) {
        const why = item.detail === null ? REASONS[item.because] : `${REASONS[item.because]} (${item.detail})`;
        context.speaker.say(`nolapse: ${item.displayName}, slot ${item.slot}: ${why} [${item.because}]`);
        if (item.because === "not-due") context.speaker.say(`hint: nolapse rotate ${item.appId} --now`);
      }
      if (only.length === 0)
        throw new NolapseError("refused-by-rule", "there is nothing to rotate", { next: "nolapse plan" });
      const wait = waitOf(options.wait, tenant.acceptance.over);
      const report = await runOnce(deps, { wait, only, signal: context.signal, onWait: waits(context) });
      const waiting = (await waitingOf(deps)).filter(({ rotation }) => only.includes(rotation.id));
      if (context.globals.json === true)
        context.speaker.json(runJson(tenant.name, { ...report, opened: asked.opened }, waiting));
      else {
        const lines = runLines({ ...report, opened: asked.opened }, waiting, context.speaker.style);
        for (const line of lines) context.speaker.data(line);
      }
      const failed = waiting.some(({ rotation }) => rotation.state === "halted" || rotation.lastFailure !== null);
      return exitCode(failed ? 4 : 0, asked.refused.length === 0 && !isHeldBack(report) ? 0 : 5);
    },
    teller(context, "whole"),
  );
}
