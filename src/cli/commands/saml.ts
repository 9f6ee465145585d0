import { command, tenantNamed } from "../../core/commands.ts";
import { NolapseError } from "../../core/errors.ts";
import { parseInstant } from "../../core/time.ts";
import { activateSaml, planActivation, renewSaml, type WantedEnd } from "../../engine/saml/saml.ts";
import { readSaml } from "../../engine/saml/view.ts";
import { confirm } from "../confirm.ts";
import { actorOf, type Context, configOf, oneTenant, withManager } from "../context.ts";
import { activationLines, samlJson, samlLines } from "../render/saml.ts";
import { type ExitCode, when } from "../speak.ts";

/** Shows what an application signs SAML tokens with. Needs no configuration; writes nothing. */
export async function show(context: Context, app: string): Promise<ExitCode> {
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const view = await withManager(context, { ...config, store: null, seal: null }, tenant, ({ deps }) =>
    readSaml(deps, app, context.signal),
  );
  const { speaker, globals } = context;
  if (globals.json === true) speaker.json(samlJson(view));
  else for (const line of samlLines(view, tenantNamed(tenant), speaker.style)) speaker.data(line);
  return 0;
}

export interface RenewOptions {
  readonly end?: string;
  readonly for?: number;
}

/** Makes a successor, and shows what its services' administrators have to do now. */
export async function renew(context: Context, app: string, options: RenewOptions): Promise<ExitCode> {
  const end = wantedEnd(options);
  const config = needStore(context);
  const tenant = oneTenant(config, context);
  const { view, successor } = await withManager(context, config, tenant, ({ deps }) =>
    renewSaml(deps, app, { end, actor: actorOf(context), signal: context.signal }),
  );
  const { speaker, globals } = context;
  speaker.say(
    `nolapse: ${view.displayName}: successor ${successor.thumbprint} is made, ends ${when(successor.end)} UTC; it signs nothing yet`,
  );
  if (globals.json === true) speaker.json(samlJson(view));
  else for (const line of samlLines(view, tenantNamed(tenant), speaker.style)) speaker.data(line);
  return 0;
}

/** Lets a certificate sign, after a person has seen what that changes. */
export async function activate(context: Context, app: string, thumbprint: string): Promise<ExitCode> {
  const config = needStore(context);
  const tenant = oneTenant(config, context);
  const { speaker, globals, signal } = context;
  return withManager(context, config, tenant, async ({ deps }) => {
    const change = await planActivation(deps, app, thumbprint, signal);
    for (const line of activationLines(change)) speaker.say(line);
    const { view, to } = change;
    if (view.chosen && view.active?.thumbprint === to.thumbprint) {
      if (globals.json === true) speaker.json(samlJson(view));
      return 0;
    }
    await confirm(
      context,
      "Has every service that trusts this application taken the new certificate?",
      view.displayName,
    );
    const { view: after, seen } = await activateSaml(deps, change, actorOf(context), signal);
    if (globals.json === true) speaker.json(samlJson(after));
    else for (const line of samlLines(after, tenantNamed(tenant), speaker.style)) speaker.data(line);
    speaker.say(
      seen
        ? `nolapse: ${view.displayName}: ${to.thumbprint} signs from the next token on`
        : `nolapse: ${view.displayName}: it was taken, and no read shows it yet; ${command(tenantNamed(tenant), `saml ${view.appId}`)} in a few minutes`,
    );
    return seen ? 0 : 4;
  });
}

/** What was begun must be remembered, or a second command would make a second certificate. */
function needStore(context: Context): ReturnType<typeof configOf> {
  const config = configOf(context);
  if (config.store !== null) return config;
  throw new NolapseError("config-not-found", "there is no configuration file, so there is no store to remember it in", {
    next: "nolapse init writes a nolapse.yaml; or name one with --config",
  });
}

/** @throws NolapseError `usage`. */
function wantedEnd({ end, for: length }: RenewOptions): WantedEnd | null {
  if (end !== undefined && length !== undefined) {
    throw new NolapseError("usage", "--end and --for say the same thing twice", { next: "leave one of them out" });
  }
  if (length !== undefined) return { after: length };
  if (end === undefined) return null;
  const at = parseInstant(/^\d{4}-\d\d-\d\d$/.test(end) ? `${end}T00:00:00Z` : end);
  if (at !== null) return { at };
  throw new NolapseError("usage", `--end ${end} is no instant`, { next: "use --end 2028-06-30" });
}
