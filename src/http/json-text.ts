/**
 * Answers as JSON text straight from their schema: what fits it is written in one walk, property by property as the schema names them, where
 * holding it to the schema first makes a copy of all of it and writing that is a second walk. What does not fit, or what this knows no short
 * way for, is left to the schema itself, so that the text and every refusal are the same as the long way's.
 */
import type { z } from "zod";

/** JSON text of a value; null where the schema itself has to say what it makes of it. */
type Writer = (value: unknown) => string | null;

const writers = new WeakMap<z.core.$ZodType, Writer>();

/** What `JSON.stringify(schema.parse(value))` gives. @throws z.ZodError as `parse` does. */
export function jsonText(schema: z.ZodType, value: unknown): string {
  let write = writers.get(schema);
  if (write === undefined) {
    write = writerOf(schema);
    writers.set(schema, write);
  }
  return write(value) ?? JSON.stringify(schema.parse(value));
}

function writerOf(schema: z.core.$ZodType): Writer {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return (isStrict(def) ? objectWriter(def.shape) : null) ?? longWay(schema);
    case "array":
      return isUnchecked(def) ? arrayWriter(writerOf(def.element)) : longWay(schema);
    case "nullable": {
      const inner = writerOf(def.innerType);
      return (value) => (value === null ? "null" : inner(value));
    }
    case "record":
      return isUnchecked(def) && isPlainString(def.keyType) ? recordWriter(writerOf(def.valueType)) : longWay(schema);
    case "enum":
    case "literal":
      return oneOf(def.type === "enum" ? Object.values(def.entries) : def.values);
    case "boolean":
      return (value) => (value === true ? "true" : value === false ? "false" : null);
    case "number":
      return numberWriter(def) ?? longWay(schema);
    case "string":
      return stringWriter(def) ?? longWay(schema);
    default:
      return longWay(schema);
  }
}

/** By the schema, where it is one part of a longer answer. */
function longWay(schema: z.core.$ZodType): Writer {
  return (value) => {
    const read = (schema as z.ZodType).safeParse(value);
    // a property that is left out has no text of its own
    return read.success && read.data !== undefined ? JSON.stringify(read.data) : null;
  };
}

type Checked = { readonly checks?: readonly unknown[] | undefined };
const isUnchecked = ({ checks = [] }: Checked) => checks.length === 0;

function isStrict(def: z.core.$ZodObjectDef): boolean {
  return isUnchecked(def) && def.catchall?._zod.def.type === "never";
}

function isPlainString(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === "string" && !("format" in def) && isUnchecked(def);
}

function objectWriter(shape: z.core.$ZodShape): Writer {
  const names = Object.keys(shape);
  const parts = names.map((name, index) => ({
    name,
    begin: `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`,
    write: writerOf(shape[name] as z.core.$ZodType),
  }));
  if (parts.length === 0) return (value) => (isObject(value) && isEmpty(value) ? "{}" : null);
  return (value) => {
    if (!isObject(value)) return null;
    let text = "";
    for (const { name, begin, write } of parts) {
      const its = write(value[name]);
      if (its === null) return null;
      text += begin + its;
    }
    // all of them are there, so one more is one that the schema does not name
    let own = 0;
    for (const _ in value) own += 1;
    return own === parts.length ? `${text}}` : null;
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

function arrayWriter(write: Writer): Writer {
  return (value) => {
    if (!Array.isArray(value)) return null;
    let text = "[";
    for (let index = 0; index < value.length; index += 1) {
      const its = write(value[index]);
      if (its === null) return null;
      text += index === 0 ? its : `,${its}`;
    }
    return `${text}]`;
  };
}

function recordWriter(write: Writer): Writer {
  return (value) => {
    if (!isObject(value) || Object.hasOwn(value, "__proto__")) return null;
    let text = "";
    for (const name of Object.keys(value)) {
      const its = write(value[name]);
      if (its === null) return null;
      text += `${text === "" ? "{" : ","}${quoted(name)}:${its}`;
    }
    return text === "" ? "{}" : `${text}}`;
  };
}

function oneOf(values: readonly unknown[]): Writer {
  const texts = new Map(values.map((one) => [one, JSON.stringify(one) ?? null]));
  return (value) => texts.get(value) ?? null;
}

function numberWriter(def: z.core.$ZodNumberDef): Writer | null {
  const isInteger = "format" in def && def.format === "safeint";
  const least = leastOf(def);
  if (least === null || ("format" in def && !isInteger)) return null;
  const fits = isInteger ? Number.isSafeInteger : Number.isFinite;
  return (value) => (fits(value) && (value as number) >= least ? String(value) : null);
}

/** The least number that is allowed, where no other check is made; null where one is. */
function leastOf({ checks = [] }: z.core.$ZodNumberDef): number | null {
  let least = Number.NEGATIVE_INFINITY;
  for (const one of checks) {
    const its = one._zod.def;
    if (its.check === "number_format") continue;
    if (its.check !== "greater_than") return null;
    const { value, inclusive } = its as z.core.$ZodCheckGreaterThanDef;
    if (!inclusive || typeof value !== "number") return null;
    least = Math.max(least, value);
  }
  return least;
}

function stringWriter(def: z.core.$ZodStringDef): Writer | null {
  if (!("format" in def)) {
    if (!isUnchecked(def)) return null;
    return (value) => (typeof value === "string" ? quoted(value) : null);
  }
  const { format, pattern, checks = [] } = def as z.core.$ZodStringFormatDef;
  if (format !== "datetime" || pattern === undefined || pattern.global || checks.length > 0) return null;
  // nothing that this pattern matches has to be escaped
  return (value) => (typeof value === "string" && pattern.test(value) ? `"${value}"` : null);
}

/** Anything that JSON may write otherwise than it is. */
const ESCAPED = /[^ !#-[\]-~]/;

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
