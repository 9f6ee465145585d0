/** Key ids of one object in one text: 22 characters for each GUID instead of 36. What is no GUID stays as it is. */
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function packKeyIds(keyIds: readonly string[]): string {
  return keyIds
    .map((one) => (GUID.test(one) ? `.${Buffer.from(one.replaceAll("-", ""), "hex").toString("base64url")}` : one))
    .toSorted()
    .join(" ");
}

export function unpackKeyIds(text: string): string[] {
  return text
    .split(" ")
    .filter((one) => one !== "")
    .map((one) => (one.startsWith(".") ? guid(Buffer.from(one.slice(1), "base64url").toString("hex")) : one));
}

function guid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
