import { stringify } from "yaml";
import { filesAmiss } from "../../config/named-files.ts";
import { formatDuration } from "../../core/time.ts";
import { type Context, configOf, warn } from "../context.ts";
import { count, type ExitCode } from "../speak.ts";

/** The resolved configuration. It holds references, never values, so it can be shown whole. */
export async function show(context: Context): Promise<ExitCode> {
  const { speaker, globals } = context;
  const config = configOf(context);
  const shown = withoutPlaces(config);
  if (globals.json === true) speaker.json(shown);
  else speaker.data(stringify(readable(shown)).trimEnd());
  warn(context, config);
  return 0;
}

/** Where an entry stands in the file, which is for whoever edits it in the portal's lines. */
const PLACES = new Set(["digest", "place", "configuredIn", "entriesAt", "sharesEntries", "policyLines"]);

/** What the file means, without where it says so. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name, one]) => !(PLACES.has(name) && isPlace(one)));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutPlaces(one)]));
}

/** A policy or a target may have any name, and its entry is no place. */
function isPlace(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === true || typeof value === "string";
  return "line" in value || Object.values(value).every((one) => typeof one === "number");
}

const DURATIONS = new Set("lifetime maxAge renewBefore overlap evidenceWindow reload over window timeout".split(" "));

/** The same with durations as a person writes them. */
function readable(value: unknown, key = ""): unknown {
  if (typeof value === "number" && DURATIONS.has(key)) return formatDuration(value);
  if (Array.isArray(value)) return value.map((one) => readable(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readable(one, name)]));
}

export async function check(context: Context): Promise<ExitCode> {
  const { speaker, globals } = context;
  const config = configOf(context);
  const bound = config.tenants[0]?.bindings.length ?? 0;
  const warnings = [...config.warnings, ...filesAmiss(config)];
  warn(context, { warnings });
  const from = config.path ?? "the environment";
  if (globals.json === true) speaker.json({ path: config.path, warnings });
  else {
    const targets = Object.keys(config.targets).length;
    speaker.data(
      `${from} is valid: ${count(config.tenants.length, "tenant")}, ${count(bound, "application")}, ${count(targets, "target")}`,
    );
  }
  return 0;
}

export async function schema({ composition, speaker }: Context): Promise<ExitCode> {
  speaker.json(composition.configJsonSchema());
  return 0;
}
