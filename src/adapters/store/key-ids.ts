/** Key ids of one object in one text: 22 characters for each GUID instead of 36. What is no GUID stays as it is. */
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function packKeyIds(keyIds: readonly string[]): string {
  return keyIds.length === 1 ? packed(keyIds[0] as string) : keyIds.map(packed).toSorted().join(" ");
}

export function unpackKeyIds(text: string): string[] {
  return text
    .split(" ")
    .filter((one) => one !== "")
    .map(unpacked);
}

/** Of how many key ids the other form is kept: each scan asks for nearly the same ones again. */
const KEPT = 4_096;

const packed = keeping((keyId) =>
  GUID.test(keyId) ? `.${Buffer.from(keyId.replaceAll("-", ""), "hex").toString("base64url")}` : keyId,
);

const unpacked = keeping((short) =>
  short.startsWith(".") ? guid(Buffer.from(short.slice(1), "base64url").toString("hex")) : short,
);

function keeping(convert: (text: string) => string): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const converted = convert(text);
    if (kept.size >= KEPT) kept.clear();
    kept.set(text, converted);
    return converted;
  };
}

function guid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
