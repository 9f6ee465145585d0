/** Values that a person carries to a place nobody else reaches: handed over once, acknowledged when they are there. */

import { createInterface } from "node:readline/promises";
import { command, tenantNamed } from "../../core/commands.ts";
import { NolapseError } from "../../core/errors.ts";
import { acknowledge, awaitedHandOver, handOver } from "../../engine/values/hand-over.ts";
import { actorOf, type Context, configOf, oneTenant, withManager } from "../context.ts";
import { type ExitCode, iso } from "../speak.ts";

interface Options {
  readonly target?: string;
}

/** Prints the value once, on stdout. */
export async function deliver(context: Context, id: string, options: Options): Promise<ExitCode> {
  const config = configOf(context);
  const request = { target: options.target ?? null, actor: actorOf(context) };
  const tenant = oneTenant(config, context);
  const { rotation, value, target, by, to } = await withManager(context, config, tenant, ({ deps }) =>
    handOver(deps, id, request),
  );
  const { speaker, globals } = context;
  const { displayName, issued, holder } = rotation;
  if (globals.json === true) {
    const what = { rotation: rotation.id, appId: holder.appId, keyId: issued?.keyId ?? null, target, to };
    speaker.json({ ...what, end: iso(issued?.end ?? null), value: value.reveal() });
  } else speaker.data(value.reveal());
  speaker.say(`nolapse: ${displayName}: handed over once, key id ${issued?.keyId}; ${by} installs it at ${to}`);
  speaker.say("nolapse: the old value works on meanwhile: leave it until the new one is in place");
  speaker.say(`hint: when it is installed: ${command(tenantNamed(tenant), `delivered ${rotation.id}`)}`);
  return 0;
}

/** Takes the word that it is installed; on a terminal the application's name is typed, elsewhere --yes stands for it. */
export async function delivered(context: Context, id: string, options: Options): Promise<ExitCode> {
  const config = configOf(context);
  const request = { target: options.target ?? null, actor: actorOf(context) };
  const { rotation, target } = await withManager(context, config, oneTenant(config, context), async ({ deps }) => {
    const about = await awaitedHandOver(deps, id, request.target);
    await confirm(context, about.rotation.displayName, about.to);
    return acknowledge(deps, id, request);
  });
  const { speaker, globals } = context;
  speaker.say(
    `nolapse: ${rotation.displayName}: installed at ${target}; proven by the first sign-in with key id ${rotation.issued?.keyId}`,
  );
  if (globals.json === true) speaker.json({ rotation: rotation.id, target, state: rotation.state });
  return 0;
}

async function confirm({ globals, signal }: Context, name: string, to: string): Promise<void> {
  if (globals.yes === true) return;
  const next = `answer with the application's name, or use --yes once it is installed at ${to}`;
  if (process.stdin.isTTY !== true) {
    throw new NolapseError("usage", "an acknowledgement is typed, and there is no terminal to type it on", { next });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await terminal.question(`type "${name}" once its new value is installed at ${to}: `, { signal });
    if (typed.trim() !== name)
      throw new NolapseError("usage", "that is not the application's name; nothing is noted", { next });
  } finally {
    terminal.close();
  }
}
