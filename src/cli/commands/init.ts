import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { NolapseError } from "../../core/errors.ts";
import { look } from "../../engine/scan/discover.ts";
import { scanReport } from "../../engine/views/scan-report.ts";
import { type Context, withManager } from "../context.ts";
import { startingConfig } from "../render/init.ts";
import type { ExitCode } from "../speak.ts";

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/i;

/**
 * Writes a first nolapse.yaml for the tenant that the environment signs in to. It looks only, so nothing changes by it; a file that is there
 * stays as it is. @throws NolapseError `usage`, and as the directory does.
 */
export async function init(context: Context, { name }: { readonly name: string }): Promise<ExitCode> {
  const { composition, globals, env, cwd, speaker, signal } = context;
  const asked = globals.config ?? "nolapse.yaml";
  const path = resolve(cwd, asked);
  if (!NAME.test(name)) {
    throw new NolapseError("usage", `a tenant cannot be called "${name}" here`, {
      next: "use letters, digits and hyphens: --name contoso",
    });
  }
  if (existsSync(path)) throw there(asked);
  // looked for where no file can be, so that the environment says which tenant it is
  const config = composition.loadConfig({ path: null, env, cwd: path });
  const [tenant] = config.tenants;
  if (tenant === undefined) throw new TypeError("the environment names one tenant");
  const report = await withManager(context, config, tenant, async ({ deps }) =>
    scanReport(await look(deps, signal), tenant.name, 0),
  );
  try {
    // never over one that has come meanwhile
    writeFileSync(path, startingConfig(name, report), { flag: "wx" });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") throw there(asked);
    throw new NolapseError("usage", `${asked} cannot be written (${code})`, {
      cause,
      next: "name a file in a folder that exists and is yours: --config nolapse.yaml",
    });
  }
  composition.loadConfig({ path, env, cwd });
  speaker.say(`nolapse: wrote ${asked}, mode observe: nothing is written to the tenant`);
  speaker.say("hint: name the targets of an application in it, then nolapse config check and nolapse plan");
  for (const failure of report.failures) speaker.say(`nolapse: not everything could be read: ${failure}`);
  if (globals.json === true) speaker.json({ path, tenant: name, tenantId: tenant.tenantId });
  return report.coverage.complete ? 0 : 4;
}

function there(asked: string): NolapseError {
  return new NolapseError("usage", `${asked} is there already, and stays as it is`, {
    next: "nolapse config check reads it; --config FILE writes another one",
  });
}
