import { command, tenantNamed } from "../../core/commands.ts";
import { NolapseError } from "../../core/errors.ts";
import { approve as give, missing } from "../../engine/commands/approve.ts";
import { cancel as giveUp } from "../../engine/commands/cancel.ts";
import { recover as compareStore } from "../../engine/commands/recover.ts";
import { resume as resumeWriting, stop as stopWriting } from "../../engine/commands/stop.ts";
import { forgetValues } from "../../engine/values/forget-values.ts";
import { showSecret } from "../../engine/values/show.ts";
import {
  actorOf,
  type Context,
  configOf,
  oneTenant,
  personOf,
  tenantsOf,
  withManager,
  withStoreAlone,
} from "../context.ts";
import { count, type ExitCode, exitCode, iso, when } from "../speak.ts";

/** Stops all writing in the tenants named, or all. */
export async function stop(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  for (const tenant of tenantsOf(config, context)) {
    await withStoreAlone(context, config, tenant, ({ deps }) => stopWriting(deps, actorOf(context)));
    const again = command(tenantNamed(tenant), "resume");
    context.speaker.say(`nolapse: ${tenant.name} is stopped: nothing is written until ${again}`);
  }
  if (context.globals.json === true) context.speaker.json({ stopped: true });
  return 0;
}

export async function resume(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  let resumed = 0;
  let forgotten = 0;
  let held = false;
  let left = false;
  const busy: string[] = [];
  for (const tenant of tenantsOf(config, context)) {
    const result = await withStoreAlone(context, config, tenant, ({ deps }) => resumeWriting(deps, actorOf(context)));
    resumed += result.resumed;
    forgotten += result.forgotten;
    if (result.forgotten > 0) {
      const gone = `${count(result.forgotten, "object")} that scans no longer see`;
      context.speaker.say(`nolapse: ${tenant.name}: ${gone} ${result.forgotten === 1 ? "is" : "are"} forgotten`);
    }
    for (const rotation of result.busy) {
      busy.push(rotation.id);
      const { displayName, slot, state } = rotation;
      context.speaker.say(`nolapse: ${displayName}, slot ${slot}: another process is working on it [store-busy]`);
      if (state !== "halted") continue;
      left = true;
      const again = command(tenantNamed(tenant), "resume");
      context.speaker.say(`hint: ${again} again in half a minute takes it up, too`);
    }
    if (result.stillStopped === null) {
      context.speaker.say(
        `nolapse: ${tenant.name} goes on; ${count(result.resumed, "halted rotation")} taken up again`,
      );
    } else {
      held = true;
      context.speaker.say(
        `nolapse: ${tenant.name} is no longer told to stop, yet stands still: ${result.stillStopped}`,
      );
      context.speaker.say("hint: remove the stop file, or unset NOLAPSE_STOP");
    }
  }
  if (context.globals.json === true) context.speaker.json({ resumed, forgotten, busy });
  return exitCode(held ? 5 : 0, left ? 4 : 0);
}

export async function approve(context: Context, id: string, options: { readonly only?: string }): Promise<ExitCode> {
  const what = options.only ?? "both";
  if (what !== "issue" && what !== "retire" && what !== "both") {
    throw new NolapseError("usage", `--only does not know "${what}"`, { next: "use --only issue or --only retire" });
  }
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const { speaker, globals } = context;
  return withManager(context, config, tenant, async ({ deps }): Promise<ExitCode> => {
    const person = await personOf(context, config, tenant);
    const rotation = await give(deps, id, what, person);
    const left = missing(deps, rotation, what);
    speaker.say(`nolapse: ${rotation.displayName}: approved (${what}) by ${person.actor}`);
    if (left.length > 0) {
      const then = command(tenantNamed(tenant), `approve ${id}`);
      speaker.say(`nolapse: it is privileged: another person must approve ${left.join(" and ")}: ${then}`);
    }
    if (globals.json === true) {
      speaker.json({
        rotation: rotation.id,
        approved: what,
        by: person.actor,
        confirmed: person.objectId !== null,
        left,
      });
    }
    return 0;
  });
}

export async function cancel(context: Context, id: string): Promise<ExitCode> {
  const config = configOf(context);
  const rotation = await withManager(context, config, oneTenant(config, context), ({ deps }) =>
    giveUp(deps, id, actorOf(context)),
  );
  context.speaker.say(`nolapse: ${rotation.displayName}: cancelled; both credentials stay`);
  if (context.globals.json === true) context.speaker.json({ rotation: rotation.id, state: rotation.state });
  return 0;
}

/** Reports what carries our mark and is not known; with --yes notes it and turns removal on again. */
export async function recover(context: Context): Promise<ExitCode> {
  const config = configOf(context);
  const accept = context.globals.yes === true;
  const tenant = oneTenant(config, context);
  const unknown = await withManager(context, config, tenant, ({ deps }) =>
    compareStore(deps, accept, actorOf(context)),
  );
  const { speaker, globals } = context;
  if (globals.json === true)
    speaker.json({ accepted: accept, unknown: unknown.map((one) => ({ ...one, end: iso(one.end) })) });
  else
    for (const one of unknown) speaker.data(`${one.displayName} (${one.appId}): ${one.keyId}, ends ${when(one.end)}`);
  const they = unknown.length === 1 ? "carries this store's mark and is" : "carry this store's mark and are";
  speaker.say(`nolapse: ${count(unknown.length, "credential")} ${they} not known to it`);
  if (accept) speaker.say("nolapse: they are noted and stay where they are; removal is on again");
  else if (unknown.length > 0)
    speaker.say(`hint: look at them in the portal, then ${command(tenantNamed(tenant), "recover --yes")}`);
  return unknown.length > 0 && !accept ? 3 : 0;
}

/** Prints a value that is still sealed. The one command that prints one, and only to stdout. */
export async function secretShow(
  context: Context,
  app: string,
  options: { readonly reason: string },
): Promise<ExitCode> {
  if (options.reason.trim() === "")
    throw new NolapseError("usage", "--reason is empty", { next: 'use --reason "why"' });
  const config = configOf(context);
  const { rotation, value } = await withManager(context, config, oneTenant(config, context), ({ deps }) =>
    showSecret(deps, app, options.reason, actorOf(context)),
  );
  const { speaker, globals } = context;
  if (globals.json === true)
    speaker.json({ appId: rotation.holder.appId, keyId: rotation.issued?.keyId ?? null, value: value.reveal() });
  else speaker.data(value.reveal());
  const { displayName, slot, issued } = rotation;
  speaker.say(
    `nolapse: shown, of ${displayName}, slot ${slot}, key id ${issued?.keyId}; the audit trail says who and why`,
  );
  return 0;
}

/** Erases the values that custody keeps of an application. */
export async function secretForget(
  context: Context,
  app: string,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  if (reason.trim() === "") throw new NolapseError("usage", "--reason is empty", { next: 'use --reason "why"' });
  const config = configOf(context);
  const { forgotten, needed, busy } = await withManager(context, config, oneTenant(config, context), ({ deps }) =>
    forgetValues(deps, app, reason, actorOf(context)),
  );
  const { speaker, globals } = context;
  const idsOf = (all: typeof needed) => all.map(({ id, issued }) => ({ rotation: id, keyId: issued?.keyId ?? null }));
  if (globals.json === true) speaker.json({ forgotten: idsOf(forgotten), needed: idsOf(needed), busy: idsOf(busy) });
  for (const { displayName, slot, issued } of forgotten)
    speaker.say(`nolapse: the value of ${displayName}, slot ${slot}, key id ${issued?.keyId} is erased here`);
  for (const { displayName, slot, state } of needed)
    speaker.say(`nolapse: that of ${displayName}, slot ${slot} is still needed: its rotation is ${state}`);
  for (const { displayName, slot } of busy)
    speaker.say(`nolapse: that of ${displayName}, slot ${slot} is being worked on; try again in half a minute`);
  return busy.length > 0 ? 4 : 0;
}

export async function storeBackup(context: Context, file: string): Promise<ExitCode> {
  const config = configOf(context);
  const [tenant] = config.tenants;
  if (config.store === null || tenant === undefined) {
    throw new NolapseError("config-not-found", "there is no configuration file, so there is no store", {
      next: "name the file with --config",
    });
  }
  await withStoreAlone(context, config, tenant, (manager) => manager.backup(file));
  context.speaker.say(
    `nolapse: wrote ${file}; without the seal key it opens no value: back ${config.seal?.path} up too, in another place`,
  );
  if (context.globals.json === true) context.speaker.json({ file });
  return 0;
}
