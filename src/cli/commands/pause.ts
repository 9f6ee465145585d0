/** `nolapse pause` and `nolapse continue`: one rotation, or all of an application. */
import { command, tenantNamed } from "../../core/commands.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import { goesOnBy, pausedDetail } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { SECOND } from "../../core/time.ts";
import { PATIENCE, patiently } from "../../engine/commands/patiently.ts";
import { continueRotation, pauseRotation } from "../../engine/commands/pause.ts";
import { continueApplication, pauseApplication } from "../../engine/commands/pause-application.ts";
import type { Deps } from "../../engine/deps.ts";
import { knownNamed } from "../../engine/scan/named.ts";
import { actorOf, type Context, configOf, oneTenant, withStoreAlone } from "../context.ts";
import { type ExitCode, iso, when } from "../speak.ts";

interface Options {
  readonly reason?: string;
}

/** Holds one rotation, or a whole application, until somebody lets it go on. */
export async function pause(context: Context, named: string, { reason }: Options): Promise<ExitCode> {
  const { speaker, globals } = context;
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const asked = { actor: actorOf(context), why: reason ?? null };
  return withStoreAlone(context, config, tenant, async ({ deps }): Promise<ExitCode> => {
    const meant = await meantBy(deps, named);
    const said = waiting(context, deps);
    if ("rotation" in meant) {
      const rotation = await said(() => pauseRotation(deps, meant.rotation.id, asked));
      const { id, displayName, state, paused } = rotation;
      const goesOn = command(tenantNamed(tenant), paused === undefined ? `continue ${id}` : goesOnBy(rotation, paused));
      speaker.say(
        `nolapse: ${displayName}: paused by ${paused?.by} since ${when(paused?.at ?? null)}; nothing more is done and the old credential stays, until ${goesOn}`,
      );
      if (globals.json === true) {
        const held = paused && { by: paused.by, at: iso(paused.at), ...(paused.reason && { reason: paused.reason }) };
        speaker.json({ rotation: id, state, paused: held });
      }
      return 0;
    }
    const { appId, displayName } = meant;
    const held = await said(() => pauseApplication(deps, appId, asked));
    const goesOn = command(tenantNamed(tenant), `continue ${appId}`);
    const already = held.by !== asked.actor || held.reason !== asked.why?.trim() ? "already " : "";
    speaker.say(
      `nolapse: ${displayName}: the application is ${already}paused ${pausedDetail(held)}; nothing begins on it and nothing more is done of what has begun, until ${goesOn}`,
    );
    if (globals.json === true) speaker.json({ appId, paused: { by: held.by, at: iso(held.at), reason: held.reason } });
    return 0;
  });
}

/** Lets it go on at once. */
export async function goOn(context: Context, named: string, { reason }: Options): Promise<ExitCode> {
  const { speaker, globals } = context;
  const config = configOf(context);
  const asked = { actor: actorOf(context), why: reason ?? null };
  return withStoreAlone(context, config, oneTenant(config, context), async ({ deps }): Promise<ExitCode> => {
    const meant = await meantBy(deps, named);
    const said = waiting(context, deps);
    if ("rotation" in meant) {
      const { id, displayName, state } = await said(() => continueRotation(deps, meant.rotation.id, asked));
      const continued = meant.rotation.paused !== undefined;
      speaker.say(
        `nolapse: ${displayName}: ${continued ? "it goes on, with every check before each step" : "the rotation is not paused"}`,
      );
      if (globals.json === true) speaker.json({ rotation: id, state, continued });
      return 0;
    }
    const { appId, displayName } = meant;
    const held = await said(() => continueApplication(deps, appId, asked));
    speaker.say(
      held === null
        ? `nolapse: ${displayName}: the application is not paused`
        : `nolapse: ${displayName}: the application goes on, with every check before each step`,
    );
    if (globals.json === true) speaker.json({ appId, continued: held !== null });
    return 0;
  });
}

/** Says the word again while a step is being done, and says that it waits. */
function waiting({ speaker, signal }: Context, deps: Deps): <T>(word: () => Promise<T>) => Promise<T> {
  const most = `${PATIENCE / SECOND} seconds`;
  return (word) =>
    patiently(deps, word, signal, () =>
      speaker.say(`nolapse: a step is being done at this moment; waiting for its end, at most ${most}`),
    );
}

type Meant = { readonly rotation: Rotation } | Awaited<ReturnType<typeof knownNamed>>;

/** The rotation of this id, else the application of this name: both are ids of the same form, and never the same one. */
async function meantBy(deps: Deps, named: string): Promise<Meant> {
  const rotation = await deps.store.rotation(named);
  if (rotation?.tenantId === deps.settings.tenantId) return { rotation };
  try {
    return await knownNamed(deps, named);
  } catch (thrown) {
    if (asNolapseError(thrown).code !== "not-found") throw thrown;
    throw new NolapseError("not-found", `nolapse knows no rotation and no application ${named}`, {
      next: "name it by its client id; its name is known once nolapse plan has looked",
    });
  }
}
