/** Generated pages and parts of pages: keys from the one schema, commands from the program, routes from the directory. */
import type { Command } from "commander";
import { targetTypes } from "../src/adapters/targets/registry.ts";
import { buildProgram } from "../src/cli/program.ts";
import { configJsonSchema } from "../src/config/schema.ts";
import { controlRoutes } from "../src/directory/control/control.ts";
import { BATCH } from "../src/directory/graph/batch.ts";
import { betaRoutes } from "../src/directory/graph/beta-routes.ts";
import type { GraphRoute } from "../src/directory/graph/graph-route.ts";
import { v1Routes } from "../src/directory/http/doors.ts";
import { authorityCodes } from "../src/directory/sign-in/aadsts-coverage.ts";
import { authorityRoutes } from "../src/directory/sign-in/authority-routes.ts";
import { managementRoutes } from "../src/directory/sign-in/management-routes.ts";

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
}

/** Rows of key, values, meaning; nested keys joined by dots, `[]` for a list, `<name>` for a name of one's own. */
export function configurationRows(): string[][] {
  return rowsOf("", configJsonSchema(targetTypes) as Schema);
}

function rowsOf(path: string, schema: Schema): string[][] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const below = once(choices.flatMap((one) => rowsOf(labelled(path, one), one)));
    const tag = (["type", "method"] as const).find((name) => choices.every((one) => tagOf(one, name) !== undefined));
    if (tag === undefined) return below;
    return [[`${path}.${tag}`, choices.map((one) => `\`${tagOf(one, tag)}\``).join(", "), "required"], ...below];
  }
  if (schema.items !== undefined && isObject(schema.items)) return rowsOf(`${path}[]`, schema.items);
  if (typeof schema.additionalProperties === "object") return rowsOf(`${path}.<name>`, schema.additionalProperties);
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const below = rowsOf(at, one);
    const said = one.const !== undefined && name !== "version" && below.length === 0;
    if (said && (name === "method" || name === "type")) return [];
    if (isObject(one) || below.length > 0) {
      return one.description === undefined ? below : [[at, "", one.description], ...below];
    }
    const needed = schema.required?.includes(name) === true && one.default === undefined;
    return [[at, valuesOf(one), `${one.description ?? ""}${needed ? "; required" : ""}`.replace(/^; /, "")]];
  });
}

/** Alternatives by the value that tells them apart, as `targets.<name> (env-file)`. */
function labelled(path: string, schema: Schema): string {
  const tag = tagOf(schema, "type") ?? tagOf(schema, "method");
  return tag === undefined ? path : `${path} (${tag})`;
}

function tagOf(schema: Schema, name: "type" | "method"): unknown {
  return schema.properties?.[name]?.const;
}

function isObject(schema: Schema): boolean {
  return schema.properties !== undefined || schema.anyOf !== undefined || schema.oneOf !== undefined;
}

function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(", ");
  if (schema.items !== undefined) return `list of ${schema.items.type ?? "text"}`;
  return schema.type === "integer" ? "whole number" : "text";
}

function once(rows: readonly string[][]): string[][] {
  return [...new Map(rows.map((row) => [row.join("|"), row])).values()];
}

/** What `nolapse --help` prints. */
export function firstHelp(): string {
  return buildProgram(async () => undefined).helpInformation();
}

/** One section for each command, as the program knows it. */
export function commandSections(): string {
  const program = buildProgram(async () => undefined);
  const sections = leaves(program, "nolapse").map(([name, command]) => section(name, command));
  return [options("Every command takes:", program), ...sections].join("\n\n");
}

function leaves(command: Command, name: string): [string, Command][] {
  const shown = command.createHelp().visibleCommands(command);
  const below = command.commands
    .filter((one) => shown.includes(one))
    .flatMap((one) => leaves(one, `${name} ${one.name()}`));
  // a command that only holds others has no arguments, options or action of its own
  const acts = command.parent !== null && (command.commands.length === 0 || command.options.length > 0);
  return acts ? [[name, command], ...below] : below;
}

function section(name: string, command: Command): string {
  const args = command.registeredArguments.map((one) => ` <${one.name()}${one.variadic ? "…" : ""}>`).join("");
  const text = `### \`${name}${args}\`\n\n${command.description()}`;
  return command.options.length === 0 ? text : `${text}\n\n${options("", command)}`;
}

function options(title: string, command: Command): string {
  const rows = command.options.map((one) => {
    const value: unknown = one.defaultValueDescription ?? one.defaultValue;
    const standard = value === undefined || value === 0 ? "" : ` (${value})`;
    return `| \`${one.flags}\` | ${one.description}${standard}${one.mandatory ? "; required" : ""} |`;
  });
  return [...(title === "" ? [] : [title, ""]), "| option | |", "|---|---|", ...rows].join("\n");
}

/** What the embedded directory answers: a table for each of its faces. */
export function coverageTables(): {
  readonly authority: string;
  readonly codes: string;
  readonly graph: string;
  readonly beta: string;
  readonly control: string;
  readonly management: string;
} {
  const table = (head: string, rows: readonly string[]) => [head, head.replaceAll(/[^|]+/g, "---"), ...rows].join("\n");
  const plain = (routes: readonly { method: string; path: string; summary: string }[]) =>
    table(
      "| request | |",
      routes.map((one) => `| \`${one.method} ${one.path}\` | ${one.summary} |`),
    );
  const rows = (routes: readonly GraphRoute[]) =>
    routes.map(
      (one) =>
        `| \`${one.method} ${one.path}\` | ${one.summary} | ${(one.ownQuery ?? one.options ?? []).map((name) => `\`${name}\``).join(" ")} |`,
    );
  return {
    authority: plain(authorityRoutes),
    codes: table(
      "| AADSTS | | answered to, or why never |",
      authorityCodes.map((one) =>
        "where" in one
          ? `| ${one.code} | ${one.status} \`${one.error}\` | ${one.where} |`
          : `| ${one.code} | never | ${one.never} |`,
      ),
    ),
    graph: table("| request below `/v1.0` | | query options |", [
      ...rows(v1Routes),
      `| \`${BATCH.method} ${BATCH.path}\` | ${BATCH.summary} | |`,
    ]),
    beta: table("| request below `/beta` | | query options |", rows(betaRoutes)),
    control: plain(controlRoutes),
    management: plain(managementRoutes),
  };
}
