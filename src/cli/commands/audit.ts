import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { TrailLine } from "../../core/audit/audit-chain.ts";
import {
  type Expected,
  type ReadLine,
  readTrail,
  type TrailVerdict,
  verifyTrail,
} from "../../core/audit/audit-verify.ts";
import { NolapseError } from "../../core/errors.ts";
import { type EpochMs, parseDuration, parseInstant, plus } from "../../core/time.ts";
import { exportTrail } from "../../engine/trail/export.ts";
import { type Context, configOf, oneTenant, withManager } from "../context.ts";
import { count, type ExitCode } from "../speak.ts";

export interface AuditVerifyOptions {
  readonly key?: string;
  readonly head?: string;
}

/** Prints the sealed trail, as JSON lines or as one document. */
export async function auditExport(
  context: Context,
  format: string | undefined,
  { since }: { readonly since?: string },
): Promise<ExitCode> {
  if (format !== undefined && format !== "lines") {
    throw new NolapseError("usage", `audit export does not know the format ${format}`, {
      next: "nolapse audit export --json lines",
    });
  }
  const config = configOf(context);
  const { speaker, globals } = context;
  const whole = globals.json === true && format === undefined;
  const lines = await withManager(context, config, oneTenant(config, context), async ({ deps }) => {
    const from = since === undefined ? null : sinceOf(since, await deps.clock.now());
    const kept: TrailLine[] = [];
    for await (const line of exportTrail(deps, from)) {
      if (whole) kept.push(line);
      else speaker.data(JSON.stringify(line));
    }
    return kept;
  });
  if (whole) speaker.json({ lines });
  return 0;
}

/** @throws NolapseError `usage`. */
function sinceOf(text: string, now: EpochMs): EpochMs {
  const length = parseDuration(text);
  const at =
    length === null ? parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text) : plus(now, -length);
  if (at !== null) return at;
  throw new NolapseError("usage", `--since ${text} is neither an instant nor a length of time`, {
    next: "use --since 2027-01-31, --since 2027-01-31T12:00:00Z or --since 30d",
  });
}

/** Checks an export, or the store; exit code 3 when anything is wrong with it. */
export async function auditVerify(
  context: Context,
  file: string | undefined,
  options: AuditVerifyOptions,
): Promise<ExitCode> {
  const { speaker, globals, composition } = context;
  const examiner = await composition.examiner();
  const expected: Expected = {
    publicKey: options.key === undefined ? null : keyOf(options.key, context.cwd),
    head: options.head === undefined ? null : headOf(options.head),
  };
  const verdict =
    file === undefined
      ? await verifyStore(context, expected)
      : verifyTrail(linesOf(resolve(context.cwd, file)), examiner, expected);
  if (globals.json === true) speaker.json(verdict);
  else for (const line of verdictLines(verdict, file ?? "the store", options)) speaker.data(line);
  return verdict.intact ? 0 : 3;
}

async function verifyStore(context: Context, expected: Expected): Promise<TrailVerdict> {
  const config = configOf(context);
  const examiner = await context.composition.examiner();
  return withManager(context, config, oneTenant(config, context), async ({ deps }) => {
    const lines: ReadLine[] = [];
    for await (const value of exportTrail(deps, null)) lines.push({ line: lines.length + 1, value: { ...value } });
    return verifyTrail(lines, examiner, {
      ...expected,
      publicKey: expected.publicKey ?? deps.notary?.publicKey ?? null,
    });
  });
}

/** @throws NolapseError `usage` where the file cannot be read or is no export. */
function linesOf(path: string): readonly ReadLine[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new NolapseError("usage", `${path} cannot be read`, {
      cause,
      next: "name a file that nolapse audit export wrote",
    });
  }
  const lines = readTrail(text);
  // the other form: one document
  const inner = lines.length === 1 ? lines[0]?.value?.lines : undefined;
  if (Array.isArray(inner))
    return inner.flatMap((one, index) =>
      readTrail(JSON.stringify(one)).map(({ value }) => ({ line: index + 1, value })),
    );
  if (lines.some(({ value }) => value?.kind === "header" || value?.kind === "entry")) return lines;
  throw new NolapseError("usage", `${path} is no export of an audit trail`, {
    next: "nolapse audit export > trail.jsonl",
  });
}

/** A public key, or the file that holds it. @throws NolapseError `usage`. */
function keyOf(given: string, cwd: string): string {
  const path = resolve(cwd, given);
  const text = existsSync(path) ? readFileSync(path, "utf8").trim() : given;
  if (/^[\w-]{43}$/.test(text)) return text;
  throw new NolapseError("usage", "--key names no public key of an audit trail", {
    next: "give audit.pub, which lies beside the seal key of the nolapse that wrote the trail",
  });
}

/** @throws NolapseError `usage`. */
function headOf(given: string): { readonly position: number; readonly hash: string } {
  const [, position, hash] = /^(\d+):([0-9a-f]{64})$/.exec(given) ?? [];
  if (position !== undefined && hash !== undefined) return { position: Number(position), hash };
  throw new NolapseError("usage", `--head ${given} is no position and hash`, {
    next: "give it as nolapse audit verify prints it, 42:9f86… with all 64 digits",
  });
}

function verdictLines(verdict: TrailVerdict, what: string, { key }: AuditVerifyOptions): string[] {
  const { intact, findings, entries, checkpoints, from, to, head, publicKey } = verdict;
  const range = from === null || to === null || to < from ? "" : `, ${from} to ${to}`;
  return [
    `${intact ? "✓" : "✗"} ${what}: ${`${entries} ${entries === 1 ? "entry" : "entries"}`}${range}, ${count(checkpoints, "signed checkpoint")}`,
    ...findings.map(({ what: kind, says }) => `  ${kind}: ${says}`),
    ...(publicKey === null
      ? []
      : [
          `key ${publicKey}${key === undefined && what !== "the store" ? ", as the export itself says; compare it with audit.pub: --key audit.pub" : ""}`,
        ]),
    ...(intact && head !== null && to !== null
      ? [`head ${to}:${head}; noted elsewhere, it proves later that nothing was cut off`]
      : []),
  ];
}
