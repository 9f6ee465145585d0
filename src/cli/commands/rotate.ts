import type { TenantConfig } from "../../config/load.ts";
import { command, tenantNamed } from "../../core/commands.ts";
import type { HolderRef } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import { type Asked, ask, takeUpOwn } from "../../engine/commands/rotate.ts";
import { runOnce } from "../../engine/maintain.ts";
import { selfHolder } from "../../engine/plan/self.ts";
import { waitingOf } from "../../engine/views/under-way.ts";
import { actorOf, type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { isHeldBack, runJson, runLines } from "../render/run.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { waitOf } from "../wait.ts";
import { emergency } from "./emergency.ts";
import { teller, waits } from "./run.ts";

export interface RotateOptions {
  readonly now?: boolean;
  readonly self?: boolean;
  /** The key id of a credential whose value has leaked. */
  readonly emergency?: string;
  readonly wait?: number;
}

/** Takes the named applications through the states until they wait for something further off than `--wait`. */
export async function rotate(context: Context, apps: readonly string[], options: RotateOptions): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  warn(context, config);
  if (options.emergency !== undefined) {
    if (options.self === true) {
      throw new NolapseError("usage", "--emergency does not go with --self", { next: "leave one of them out" });
    }
    return emergency(context, onlyOne(apps, "--emergency"), options.emergency, options.wait);
  }
  const self = options.self === true ? selfHolder(tenant, onlyOne(apps, "--self")) : undefined;
  return withManager(
    context,
    config,
    tenant,
    async ({ deps }) => {
      const taken = await takeUpOwn(deps, actorOf(context));
      const asked = await ask(deps, apps, { now: options.now === true, actor: actorOf(context) });
      const only = [...new Set([...taken, ...asked.rotations.map((one) => one.id)])];
      sayRefused(context, tenant, asked, self);
      // what a timer starts every day has nothing to do on most of them
      const refused = asked.refused.filter((one) => self === undefined || one.because !== "not-due");
      if (only.length === 0 && refused.length === asked.refused.length)
        throw new NolapseError("refused-by-rule", "there is nothing to rotate", { next: "nolapse plan" });
      const wait = waitOf(options.wait, tenant.acceptance.over);
      const report = await runOnce(deps, { wait, only, signal: context.signal, onWait: waits(context) });
      const waiting = (await waitingOf(deps)).filter(({ rotation }) => only.includes(rotation.id));
      if (context.globals.json === true)
        context.speaker.json(runJson(tenant.name, { ...report, opened: asked.opened }, waiting));
      else {
        const lines = runLines(
          { ...report, opened: asked.opened },
          waiting,
          tenantNamed(tenant),
          context.speaker.style,
        );
        for (const line of lines) context.speaker.data(line);
      }
      const failed = waiting.some(({ rotation }) => rotation.state === "halted" || rotation.lastFailure !== null);
      // what somebody holds meanwhile is not done, as little as what was refused at once
      const held = isHeldBack(report) || waiting.some(({ rotation }) => rotation.paused !== undefined);
      return exitCode(failed ? 4 : 0, refused.length === 0 && !held ? 0 : 5);
    },
    teller(context, "whole"),
    self,
  );
}

function sayRefused({ speaker }: Context, tenant: TenantConfig, { refused }: Asked, self: HolderRef | undefined): void {
  for (const item of refused) {
    const why = item.detail === null ? REASONS[item.because] : `${REASONS[item.because]} (${item.detail})`;
    speaker.say(`nolapse: ${item.displayName}, slot ${item.slot}: ${why} [${item.because}]`);
    if (item.because !== "not-due") continue;
    const words = `rotate ${self === undefined ? "" : "--self "}${item.appId} --now`;
    speaker.say(`hint: ${command(tenantNamed(tenant), words)}`);
  }
}

/** Each application that rolls itself has a sign-in of its own, and each leaked credential one application. */
function onlyOne(apps: readonly string[], option: "--self" | "--emergency"): string {
  const [app, another] = apps;
  if (app !== undefined && another === undefined) return app;
  const why = option === "--self" ? "the one that signs in" : "the one whose credential has leaked";
  throw new NolapseError("usage", `${option} takes one application, as it is ${why}`, {
    next: option === "--self" ? `nolapse rotate --self ${app}` : `nolapse rotate ${app} --emergency KEYID`,
  });
}
