import { advice, tenantNamed } from "../../core/commands.ts";
import { type DoctorCheck, type DoctorReport, doctor as examine } from "../../engine/views/doctor.ts";
import { type Context, configOf, tenantsOf, warn, withManager } from "../context.ts";
import { type ExitCode, exitCode, type Style } from "../speak.ts";

/** Looks at everything Nolapse needs; changes nothing and opens no store. */
export async function doctor(context: Context, options: { readonly securityNote?: boolean }): Promise<ExitCode> {
  const config = configOf(context);
  warn(context, config);
  const reports: DoctorReport[] = [];
  for (const tenant of tenantsOf(config, context)) {
    const local = await context.composition.localChecks(config, tenant, context.env);
    const outside = {
      local,
      asksOwners: config.notify.some((one) => one.type === "email" && one.to === "owners"),
      share: tenant.share,
      paused: await context.composition.paused(config, tenant),
    };
    const report = await withManager(context, { ...config, store: null, seal: null }, tenant, ({ deps, diagnosis }) =>
      examine(deps, { ...outside, diagnosis }, context.signal),
    );
    const named = tenantNamed(tenant);
    reports.push({ ...report, checks: report.checks.map((one) => ({ ...one, fix: advice(named, one.fix) })) });
  }
  const { speaker, globals } = context;
  if (globals.json === true) speaker.json(reports.length === 1 ? reports[0] : reports);
  else {
    const lines = options.securityNote === true ? noteLines : reportLines;
    for (const report of reports) for (const line of lines(report, speaker.style)) speaker.data(line);
  }
  // the note is whole once we know who we are, whatever else is missing
  if (options.securityNote === true) return reports.every((one) => one.clientId !== null) ? 0 : 6;
  return exitCode(...reports.flatMap(({ checks }) => checks.map((one): ExitCode => one.exit)));
}

const MARKS: Readonly<Record<DoctorCheck["state"], string>> = { ok: "✓", warn: "!", failed: "✗" };

function reportLines({ tenant, checks }: DoctorReport, style: Style): string[] {
  const paint = { ok: style.green, warn: style.yellow, failed: style.red };
  const areas = [...new Set(checks.map((one) => one.area))];
  const failed = checks.filter((one) => one.state === "failed").length;
  return [
    style.bold(`${tenant}: ${failed === 0 ? "nothing is wrong" : `${failed} of ${checks.length} checks failed`}`),
    ...areas.flatMap((area) => [
      area,
      ...checks
        .filter((one) => one.area === area)
        .flatMap(({ state, name, says, fix }) => [
          `  ${paint[state](MARKS[state])} ${name}: ${says}`,
          ...(fix === null ? [] : [`    fix: ${fix}`]),
        ]),
    ]),
  ];
}

/** For the people who watch sign-ins: who we are, how we look in their logs, and what to allow. */
function noteLines({ tenant, tenantId, clientId, writerId, permissions, userAgents }: DoctorReport): string[] {
  const [scanner, verifier] = userAgents;
  return [
    `Nolapse in ${tenant} (${tenantId}): a note for the people who watch sign-ins`,
    "",
    `It keeps client secrets and certificates of app registrations from ending. It signs in as client id ${clientId ?? "(not signed in yet)"},`,
    `with the application permissions ${permissions.length === 0 ? "(none)" : permissions.join(", ")}.`,
    ...(writerId === null ? [] : [`What it changes, it changes as client id ${writerId}, which reads nothing.`]),
    "",
    "What to expect",
    `  * Its own sign-ins for Microsoft Graph, user agent of its calls ${scanner}: one about every hour, and reads of applications after it.`,
    `  * Sign-ins of the applications it rotates, from its address, user agent ${verifier}: before a rotation one with the current`,
    "    credential, then about four in five minutes with the new one, one for each copy it has delivered, one before the old one goes.",
    "    Their tokens are read for the client id and dropped. The first try of a new secret may fail (7000215, 7000222): it has not",
    "    replicated yet.",
    '  * In the audit log: "Update application – Certificates and secrets management" by the client id above, with display names that',
    "    end in [nolapse:….…]. nolapse audit export gives the same changes with Graph's request ids.",
    "",
    "What to allow",
    "  * In Conditional Access for workload identities: the client id above, and the rotated applications, from Nolapse's address.",
    "  * In alerts on new credentials: changes by the client id above whose names end in the mark. Any other change is not ours.",
    "",
    "The outside switch: disable its enterprise application, and nothing is written any more.",
  ];
}
