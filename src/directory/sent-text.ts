/**
 * What somebody sent, as text, whatever it is: a text stands as it is, an object becomes its JSON. Unlike `String`, it cannot fail:
 * JSON may bring an object whose `toString` is no function.
 */
export function sentText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
