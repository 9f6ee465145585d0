import { tenantNamed } from "../../core/commands.ts";
import { NolapseError } from "../../core/errors.ts";
import { DAY, parseDuration } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import { look, withCertificates } from "../../engine/scan/discover.ts";
import { type ScanReport, type ScanRow, scanReport } from "../../engine/views/scan-report.ts";
import { type Context, configOf, oneTenant, withManager } from "../context.ts";
import { pausedLines } from "../render/paused.ts";
import { scanCsv, scanHtml, scanJson, scanLines } from "../render/scan.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { writePage } from "../write-page.ts";

export interface ScanOptions {
  readonly within: number;
  readonly failOn?: string;
  readonly csv?: boolean;
  readonly html?: string;
  readonly certificates?: boolean;
}

/** Reports every credential. Needs no store and no configuration file; writes nothing. */
export async function scan(context: Context, options: ScanOptions): Promise<ExitCode> {
  const finding = findingOf(options.failOn);
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const report = await withManager(context, { ...config, store: null, seal: null }, tenant, async ({ deps }) => {
    const scan = await watched((pageRead) => look({ ...deps, pageRead }, context.signal));
    const whole = options.certificates === true ? await withCertificates(deps, scan, context.signal) : scan;
    return scanReport(whole, tenant.name, options.within);
  });
  const paused = await context.composition.paused(config, tenant);
  const { speaker, globals } = context;
  if (options.html !== undefined) {
    writePage(options.html, scanHtml(report));
    speaker.say(`nolapse: wrote ${options.html}`);
  }
  if (globals.json === true) speaker.json(scanJson(report, paused));
  else if (options.csv === true) for (const line of scanCsv(report)) speaker.data(line);
  else {
    const held = pausedLines(paused, tenantNamed(tenant));
    for (const line of [...scanLines(report, options.within, speaker.style), ...held]) speaker.data(line);
  }
  for (const failure of report.failures) speaker.say(`nolapse: not everything could be read: ${failure}`);
  const found = report.credentials.some(finding);
  if (found) speaker.say(`nolapse: found what --fail-on ${options.failOn} asks for`);
  return exitCode(report.coverage.complete ? 0 : 4, found ? 3 : 0);
}

/** Says where somebody watches how much was read, in one line that goes again: a large tenant takes minutes. */
async function watched<T>(read: (told: NonNullable<Deps["pageRead"]>) => Promise<T>): Promise<T> {
  if (process.stderr.isTTY !== true) return read(() => undefined);
  const sum = { application: 0, servicePrincipal: 0 };
  try {
    return await read((list, objects) => {
      sum[list] += objects;
      const said = `${sum.application} applications and ${sum.servicePrincipal} service principals read`;
      process.stderr.write(`nolapse: ${said}${TO_THE_END}\r`);
    });
  } finally {
    process.stderr.write(TO_THE_END);
  }
}

/** Clears the line from the cursor on (ECMA-48, EL). */
const TO_THE_END = "\u001b[K";

/** What `--fail-on` counts as a finding. @throws NolapseError `usage`. */
function findingOf(text: string | undefined): (row: ScanRow) => boolean {
  if (text === undefined) return () => false;
  if (text === "expired") return (row) => row.state === "expired";
  const within = text.startsWith("expiring:") ? parseDuration(text.slice("expiring:".length)) : null;
  if (within === null) {
    throw new NolapseError("usage", `--fail-on does not know "${text}"`, {
      next: "use --fail-on expired, or --fail-on expiring:30d",
    });
  }
  return (row) => row.daysLeft !== null && row.daysLeft >= 0 && row.daysLeft * DAY <= within && row.state !== "expired";
}

export type { ScanReport };
