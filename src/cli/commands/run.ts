import type { TenantConfig } from "../../config/load.ts";
import { tenantNamed } from "../../core/commands.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { Deps } from "../../engine/deps.ts";
import { type RunOptions as OnceOptions, run as runLoop, runOnce } from "../../engine/maintain.ts";
import { tell, tellWithoutScan } from "../../engine/notices/notify.ts";
import { makePlan } from "../../engine/plan/plan.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import { type BrokenAt, lookThrough, type TrailCheck } from "../../engine/trail/check.ts";
import { metricsOf } from "../../engine/views/metrics.ts";
import { UNFINISHED } from "../../engine/views/picture.ts";
import { waitingOf } from "../../engine/views/under-way.ts";
import {
  type Context,
  configOf,
  type Manager,
  type MetricsServer,
  tenantsOf,
  type WebServer,
  warn,
  withManager,
} from "../context.ts";
import { driftLine, eventLines, isHeldBack, runJson, runLines } from "../render/run.ts";
import { clockTime, type ExitCode, exitCode, sayError } from "../speak.ts";
import { waitOf } from "../wait.ts";

export interface RunOptions {
  readonly once?: boolean;
  readonly wait?: number;
  readonly metricsPort?: number;
}

/** The maintenance loop over all tenants of the configuration, or the one named. */
export async function run(context: Context, options: RunOptions): Promise<ExitCode> {
  if (options.once !== true && options.wait !== undefined) {
    throw new NolapseError("usage", "--wait goes with --once", { next: "nolapse run --once --wait 10m" });
  }
  if (options.once === true && options.metricsPort !== undefined) {
    throw new NolapseError("usage", "--metrics-port goes with the loop, not with --once", {
      next: "nolapse run --metrics-port 9464",
    });
  }
  return options.once === true ? once(context, options) : loop(context, options.metricsPort ?? null, null);
}

/** Tells people what happens as it is stored. */
export function teller({ speaker }: Context, detail?: "whole"): NonNullable<Deps["observe"]> {
  return (rotation: Rotation, event: RotationEvent) => {
    for (const line of eventLines(rotation, event, detail)) speaker.say(line);
  };
}

/** Says what a command waits for, once for each instant. */
export function waits({ speaker }: Context): NonNullable<OnceOptions["onWait"]> {
  let last = 0;
  return (until) => {
    if (until === last) return;
    last = until;
    speaker.say(
      `nolapse: waiting until ${clockTime(until)} UTC for what is due next; Ctrl-C leaves it to the next run`,
    );
  };
}

async function once(context: Context, { wait }: RunOptions): Promise<ExitCode> {
  const config = configOf(context);
  needFile(config.path);
  warn(context, config);
  const codes: ExitCode[] = [];
  const documents: unknown[] = [];
  const tenants = tenantsOf(config, context);
  for (const tenant of tenants) {
    if (context.signal.aborted && codes.length > 0) break;
    try {
      const { document, code } = await onceIn(context, config, tenant, waitOf(wait, tenant.acceptance.over));
      documents.push(document);
      codes.push(code);
    } catch (thrown) {
      // one tenant that cannot be reached must not keep the others from being looked after
      if (tenants.length === 1 || !(thrown instanceof NolapseError) || thrown.code === "usage") throw thrown;
      context.speaker.say(`nolapse: tenant ${tenant.name}:`);
      codes.push(sayError(context.speaker, thrown, false));
    }
  }
  if (context.globals.json === true) context.speaker.json(tenants.length === 1 ? documents[0] : documents);
  return exitCode(...codes);
}

async function onceIn(
  context: Context,
  config: ReturnType<typeof configOf>,
  tenant: TenantConfig,
  wait: number,
): Promise<{ readonly document: unknown; readonly code: ExitCode }> {
  const work = async (manager: Manager) => {
    const { deps } = manager;
    const report = await runOnce(deps, { wait, signal: context.signal, onWait: waits(context) });
    if (report.scan !== null && isHeard(manager)) {
      const trail = await trailOf(context, manager, deps, context.signal);
      await tellAll(context, manager, report.scan, null, trail?.broken ?? null);
    }
    const waiting = await waitingOf(deps);
    if (context.globals.json !== true) {
      for (const line of runLines(report, waiting, tenantNamed(tenant), context.speaker.style))
        context.speaker.data(line);
    }
    const failed = waiting.some(({ rotation }) => rotation.state === "halted" || rotation.lastFailure !== null);
    const partly = report.scan?.coverage.complete === false || failed;
    const code = exitCode(partly ? 4 : 0, isHeldBack(report) ? 5 : 0);
    return { document: runJson(tenant.name, report, waiting), code };
  };
  return withManager(context, config, tenant, work, teller(context));
}

/** Runs until a stop signal. SIGHUP reads the file again between two steps; an invalid one keeps what is in force. */
export async function loop(context: Context, metricsPort: number | null, server: WebServer | null): Promise<ExitCode> {
  const metrics = metricsPort === null ? null : await context.composition.metrics(metricsPort);
  if (metrics !== null) context.speaker.say(`nolapse: metrics on http://127.0.0.1:${metrics.port}/metrics`);
  try {
    return await epochs(context, { metrics, server });
  } finally {
    await metrics?.close();
  }
}

/** Who else is told: a monitoring system, the web server. */
interface Listening {
  readonly metrics: MetricsServer | null;
  readonly server: WebServer | null;
}

async function epochs(context: Context, listening: Listening): Promise<ExitCode> {
  const { speaker, signal } = context;
  let config = configOf(context);
  needFile(config.path);
  warn(context, config);
  while (!signal.aborted) {
    listening.server?.configured(config);
    const epoch = new AbortController();
    const ended = new AbortController();
    const reload = () => {
      try {
        config = configOf(context);
        speaker.say("nolapse: configuration read again");
        epoch.abort();
      } catch (error) {
        const { message, next } = asNolapseError(error);
        speaker.say(`nolapse: the old configuration stays in force: ${message}`);
        if (next !== null) speaker.say(`hint: ${next}`);
      }
    };
    process.on("SIGHUP", reload);
    try {
      const any = AbortSignal.any([signal, epoch.signal, ended.signal]);
      const tenants = tenantsOf(config, context);
      const loops = tenants.map((tenant) =>
        loopTenant(context, config, tenant, any, listening).catch((thrown: unknown) => {
          // a supervisor starts again what ends; what goes on without one of its tenants nobody would notice
          ended.abort();
          if (tenants.length > 1) speaker.say(`nolapse: tenant ${tenant.name} ends the run:`);
          throw thrown;
        }),
      );
      const failed = (await Promise.allSettled(loops)).find((one) => one.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    } finally {
      process.off("SIGHUP", reload);
    }
  }
  return 0;
}

async function loopTenant(
  context: Context,
  config: ReturnType<typeof configOf>,
  tenant: TenantConfig,
  signal: AbortSignal,
  { metrics, server }: Listening,
): Promise<void> {
  const { speaker } = context;
  const tells = teller(context);
  let last: Scan | null = null;
  let trail: TrailCheck | null = null;
  speaker.say(`nolapse: watching over ${tenant.name}, mode ${tenant.mode}`);
  await withManager(
    context,
    config,
    tenant,
    async (manager) => {
      const admission = server?.admit(tenant, manager) ?? null;
      const deps = admission?.deps ?? manager.deps;
      await runLoop(deps, {
        signal,
        ...(admission === null ? {} : { scanAsked: admission.scanAsked, onScanBegins: admission.scanning }),
        onRound: async (scan) => {
          const isMeasured = metrics !== null || server !== null;
          if (isMeasured || isHeard(manager)) trail = (await trailOf(context, manager, deps, signal)) ?? trail;
          await tellAll(context, manager, scan, last, trail?.broken ?? null);
          last = scan ?? last;
          if (scan === null || !isMeasured) return;
          const samples = metricsOf(await measured(deps, scan, trail));
          metrics?.set(tenant.name, samples);
          server?.set(tenant.name, samples);
        },
        onWord: () => tellAll(context, manager, null, last, trail?.broken ?? null),
        onScan: (result) => {
          if (result instanceof NolapseError) {
            void admission?.failed(result);
            for (const line of failedScan(tenant.name, result)) speaker.say(line);
            return;
          }
          void admission?.seen(result);
          for (const one of result.drift ?? []) speaker.say(`nolapse: ${driftLine(one)}`);
          if (!result.coverage.complete)
            speaker.say(`nolapse: the scan of ${tenant.name} was not complete; nothing new is written`);
        },
      }).finally(() => admission?.leave());
    },
    (rotation, event) => {
      tells(rotation, event);
      server?.heard(tenant.name, rotation, event);
    },
  );
}

/** The check of the audit trail; null where nothing seals it, or it could not be made, which ends nothing else. */
async function trailOf(
  { speaker }: Context,
  { trail }: Manager,
  deps: Manager["deps"],
  signal: AbortSignal,
): Promise<TrailCheck | null> {
  try {
    return await lookThrough(trail, deps, signal);
  } catch (thrown) {
    const { message } = asNolapseError(thrown);
    speaker.say(`nolapse: the audit trail of ${deps.settings.name} could not be checked: ${message}`);
    return null;
  }
}

/** Whether anybody is told of anything. */
function isHeard({ notifying: { channels, heartbeats } }: Manager): boolean {
  return channels.length + heartbeats.length > 0;
}

/** Tells whoever `notify:` names; a recipient that cannot be told holds nothing up. `scan` null: it failed after `last`, or there was none since. */
async function tellAll(
  { speaker, signal }: Context,
  manager: Manager,
  scan: Scan | null,
  last: Scan | null,
  broken: BrokenAt | null,
): Promise<void> {
  if (!isHeard(manager)) return;
  const { deps, notifying } = manager;
  const telling = { signal, broken };
  const { failures } =
    scan === null ? await tellWithoutScan(deps, notifying, last, telling) : await tell(deps, notifying, scan, telling);
  for (const { message, next } of failures) {
    speaker.say(`nolapse: ${message}`);
    if (next !== null) speaker.say(`hint: ${next}`);
  }
}

async function measured(deps: Deps, scan: Scan, trail: TrailCheck | null): Promise<Parameters<typeof metricsOf>[0]> {
  const { tenantId, name } = deps.settings;
  const rotations = await deps.store.rotations({ tenantId, states: UNFINISHED });
  return {
    tenant: name,
    now: await deps.clock.now(),
    scan: await deps.store.lastScan(tenantId),
    switches: await deps.store.switches(tenantId),
    items: (await makePlan(deps, scan)).items,
    rotations,
    broken: trail === null ? null : trail.broken !== null,
  };
}

function failedScan(tenant: string, { message, next }: NolapseError): string[] {
  const said = `nolapse: the scan of ${tenant} failed and will be tried again: ${message}`;
  return next === null ? [said] : [said, `hint: ${next}`];
}

export function needFile(path: string | null): void {
  if (path !== null) return;
  throw new NolapseError("config-not-found", "there is no nolapse.yaml, so no application is bound to a target", {
    next: "nolapse init writes one; or look first: nolapse scan",
  });
}
