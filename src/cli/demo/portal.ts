/** The demo's web server: registered in its directory, opened by a link that is good once, about the tenant the demo has just worked on. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import { epochMs } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import type { Context, DemoDoor, RunningDirectory, WebServer } from "../context.ts";
import { OneTimeCode, signInAs } from "./door.ts";
import type { Fleet } from "./fleet.ts";
import { graphOf } from "./graph.ts";
import { dueAtPlatforms, renewAtPlatforms } from "./platforms.ts";
import type { PreparedDemo } from "./prepare.ts";
import { ADMINISTRATOR, registerPortal } from "./registration.ts";
import { SentClock, watch } from "./watch.ts";

const PORT = 8_080;
const SECRET = "NOLAPSE_DEMO_PORTAL_SECRET";

export interface PortalParts {
  readonly context: Context;
  readonly directory: RunningDirectory;
  readonly prepared: PreparedDemo;
  readonly fleet: Fleet;
  /** The demo's. */
  readonly folder: string;
  /** Hears of every stored event, beside the pages. */
  readonly observe: NonNullable<Deps["observe"]>;
  readonly told: () => void;
}

/** Serves until the signal says stop. */
export async function openPortal(parts: PortalParts): Promise<void> {
  const { context, directory, prepared, fleet, observe, told } = parts;
  const { speaker, signal } = context;
  const clock = new SentClock(directory.clock);
  let server: WebServer | null = null;
  const link = () => speaker.say(`nolapse: open ${server?.url}/demo/${code.next()}`);
  const code = new OneTimeCode(() => {
    speaker.say("nolapse: the link was used; the next one, good once as well:");
    link();
  });
  const door: DemoDoor = {
    takeCode: (given) => code.take(given),
    signIn: (url) => signInAs(ADMINISTRATOR, url),
    now: () => clock.now(),
    target: () => clock.target(),
    forward: (days) => clock.forward(days),
    goTo: (at) => clock.goTo(at),
    frozen: () => clock.frozen(),
    freeze: (frozen) => clock.freeze(frozen),
    signIns: () => fleet.tally,
  };
  const registration = await registerPortal(directory.url, prepared.environment);
  const env = { ...context.env, ...prepared.environment, [SECRET]: registration.secret };
  const config = context.composition.loadConfig({
    path: configFile(parts, registration.clientId),
    env,
    cwd: parts.folder,
  });
  const [tenant] = config.tenants;
  if (tenant === undefined) throw new NolapseError("unexpected", "the demo's configuration has no tenant");
  const request = { config, env, host: "127.0.0.1", behindProxy: false, tls: null, demo: door } as const;
  const log = (line: string) => speaker.say(`nolapse: ${line}`);
  const serve = (port: number) => context.composition.serve({ ...request, port, log });
  const running = await serve(PORT).catch(() => serve(0));
  server = running;
  try {
    await registration.returnTo(`${running.url}/auth/callback`);
    const admission = running.admit(tenant, prepared.manager);
    const deps: Deps = {
      ...admission.deps,
      observe: (...heard) => {
        observe(...heard);
        running.heard(tenant.name, ...heard);
      },
    };
    speaker.say("nolapse: the portal is on this machine only; the link is good once, and opens signed in");
    link();
    const seen = async (scan: Scan) => {
      await admission.seen(scan);
      await playPlatforms(parts, scan).catch((thrown) => log(asNolapseError(thrown).message));
    };
    await watch({ deps, clock, fleet, signal, seen, told }).finally(() => admission.leave());
  } finally {
    await running.close();
  }
}

/** Does what the platforms of the tenant do on such a day. @throws NolapseError `directory-failed`. */
async function playPlatforms({ directory, prepared }: PortalParts, scan: Scan): Promise<void> {
  const now = epochMs(directory.clock.now());
  const due = dueAtPlatforms(scan, now);
  if (due.length === 0) return;
  const what = "a platform of the demo could not renew its own credential";
  await renewAtPlatforms(await graphOf(directory.url, prepared.environment, what), due, now);
}

/** The demo's configuration and who the server is. */
function configFile({ prepared, folder }: PortalParts, clientId: string): string {
  const path = join(folder, "portal.yaml");
  const told = parse(readFileSync(prepared.configFile, "utf8")) as Record<string, unknown>;
  writeFileSync(path, stringify({ ...told, server: { signIn: { clientId, secret: `env:${SECRET}` } } }), {
    mode: 0o600,
  });
  return path;
}
