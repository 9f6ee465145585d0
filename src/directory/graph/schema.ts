import { readFileSync } from "node:fs";
import { badRequest } from "./graph-error.ts";

/** A property of a type in Graph's own schema. */
export interface Property {
  name: string;
  /** `Edm.String`, `graph.passwordCredential` … without the collection. */
  type: string;
  collection: boolean;
  nullable: boolean;
}

/** A structured type of the schema with its inherited properties. */
export interface StructuredType {
  name: string;
  open: boolean;
  properties: Map<string, Property>;
  navigation: Set<string>;
}

/** A document of types. */
export interface Schema {
  types: Map<string, StructuredType>;
  enums: Map<string, Set<string>>;
}

let loaded: Schema | undefined;

/** The cut of Graph's metadata this directory answers with, and a type from Microsoft's pages that the cut does not have. */
const DOCUMENTS = ["graph-v1.0-applications", "graph-v1.0-roles"];

/** The types this directory answers with. */
export function graphSchema(): Schema {
  loaded ??= parseSchema(
    DOCUMENTS.map((name) => readFileSync(new URL(`./schema/${name}.csdl.xml`, import.meta.url), "utf8")).join("\n"),
  );
  return loaded;
}

export function structuredType(name: string, schema = graphSchema()): StructuredType {
  const type = schema.types.get(name);
  if (type === undefined) throw new Error(`the schema has no type ${name}`);
  return type;
}

/** Reads the regular, one-element-per-line form of our own copies; they are not input. */
export function parseSchema(xml: string): Schema {
  const types = new Map<string, StructuredType & { base: string | undefined }>();
  const enums = new Map<string, Set<string>>();
  let current: StructuredType | undefined;
  let members: Set<string> | undefined;
  for (const line of xml.split("\n")) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(line)?.[1];
    const element = /^\s*<(\w+)/.exec(line)?.[1];
    const name = attribute("Name") ?? "";
    if (element === "EntityType" || element === "ComplexType") {
      const base = attribute("BaseType")?.replace("graph.", "");
      const type = {
        name,
        open: attribute("OpenType") === "true",
        properties: new Map(),
        navigation: new Set<string>(),
        base,
      };
      types.set(name, type);
      current = type;
    } else if (element === "EnumType") {
      members = new Set();
      enums.set(name, members);
    } else if (element === "Member") members?.add(name);
    else if (element === "Property") current?.properties.set(name, property(name, attribute));
    else if (element === "NavigationProperty") current?.navigation.add(name);
    else if (element === "Action" || element === "Function") current = undefined;
  }
  const inherit = (type: StructuredType & { base: string | undefined }): void => {
    const base = type.base === undefined ? undefined : types.get(type.base);
    if (base === undefined) return;
    inherit(base);
    for (const [name, one] of base.properties) if (!type.properties.has(name)) type.properties.set(name, one);
  };
  for (const type of types.values()) inherit(type);
  return { types: types as Map<string, StructuredType>, enums };
}

function property(name: string, attribute: (name: string) => string | undefined): Property {
  const declared = attribute("Type") ?? "Edm.String";
  const collection = /^Collection\((.*)\)$/.exec(declared);
  return {
    name,
    type: collection?.[1] ?? declared,
    collection: collection !== null,
    nullable: attribute("Nullable") !== "false",
  };
}

const PRIMITIVES: Record<string, (value: unknown) => boolean> = {
  "Edm.String": (value) => typeof value === "string",
  "Edm.Boolean": (value) => typeof value === "boolean",
  "Edm.Int32": (value) => Number.isInteger(value),
  "Edm.Guid": (value) => typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  "Edm.DateTimeOffset": (value) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  "Edm.TimeOfDay": (value) => typeof value === "string" && /^\d\d:\d\d:\d\d(\.\d+)?$/.test(value),
  // A stream is beside the object, never in its JSON.
  "Edm.Stream": () => false,
  "Edm.Duration": (value) => typeof value === "string" && /^-?P/.test(value),
  "Edm.Binary": (value) => typeof value === "string" && /^[A-Za-z0-9+/_=\s-]*$/.test(value),
};

/** Checks a value against the schema; returns what is wrong with it, or undefined. Unknown properties of any level are wrong. */
export function mismatch(
  typeName: string,
  value: unknown,
  schema = graphSchema(),
): { property: string; unknown: boolean } | undefined {
  const type = structuredType(typeName, schema);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { property: typeName, unknown: false };
  for (const [name, member] of Object.entries(value)) {
    if (name.includes("@")) continue; // OData annotations: `@odata.type` and the like
    const known = type.properties.get(name);
    if (known === undefined) return { property: name, unknown: true };
    const wrong = wrongMember(known, member, schema);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongMember(
  known: Property,
  member: unknown,
  schema: Schema,
): { property: string; unknown: boolean } | undefined {
  const wrong = { property: known.name, unknown: false };
  if (member === null) return known.nullable && !known.collection ? undefined : wrong;
  if (known.collection && !Array.isArray(member)) return wrong;
  for (const item of known.collection ? (member as unknown[]) : [member]) {
    const primitive = PRIMITIVES[known.type];
    if (primitive !== undefined) {
      if (!primitive(item)) return wrong;
      continue;
    }
    const name = known.type.replace("graph.", "");
    const members = schema.enums.get(name);
    if (members !== undefined) {
      if (typeof item !== "string" || !item.split(",").every((one) => members.has(one))) return wrong;
    } else if (schema.types.has(name)) {
      // what is no object at all is wrong by the property's name, not by its type's
      if (typeof item !== "object" || item === null || Array.isArray(item)) return wrong;
      const inner = mismatch(name, item, schema);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}

/** Refuses a request body that is not of the type, as Graph words it. */
export function requireType(typeName: string, body: unknown): Record<string, unknown> {
  const wrong = mismatch(typeName, body);
  if (wrong?.unknown === true) throw badRequest(`Invalid property '${wrong.property}'.`);
  if (wrong !== undefined) {
    throw badRequest(`Invalid value specified for property '${wrong.property}' of resource '${titled(typeName)}'.`);
  }
  return Object.fromEntries(Object.entries(body as object).filter(([name]) => !name.includes("@")));
}

/** Graph's messages name resources with a capital: `Application`, `ServicePrincipal`. */
export function titled(typeName: string): string {
  return typeName.slice(0, 1).toUpperCase() + typeName.slice(1);
}
