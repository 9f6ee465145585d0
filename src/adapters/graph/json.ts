/** Reading JSON nobody promised us: every look is checked, and what has another shape than expected is null. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in a text, or null when the text is anything else. */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // not JSON: a proxy's page, half an answer
  }
}

export function objectAt(value: JsonObject | null, name: string): JsonObject | null {
  const inner = value?.[name];
  return isObject(inner) ? inner : null;
}

export function textAt(value: JsonObject | null, name: string): string | null {
  const inner = value?.[name];
  return typeof inner === "string" && inner !== "" ? inner : null;
}

/**
 * An id as it is compared: lower case, as Graph writes what it calls a GUID. In logs and reports the same ids are texts, whose case nobody
 * promises (…/resources/signin, servicePrincipalCredentialKeyId), and a use that is not recognised would let a credential go.
 */
export function canonicalId(id: string): string {
  return id.toLowerCase();
}
