/**
 * The marker: the end of a credential's display name that ties it to one rotation (design §2):
 * `<description> [nolapse:<instance 4>.<attempt 12>]`, base32, at most 90 characters, the description cut and never the
 * marker. It is a hint for people and for recovery; it never proves by itself that a credential is ours.
 */

/** Graph cuts longer display names (learn.microsoft.com/graph/api/resources/keycredential); so the marker has to fit inside. */
export const DISPLAY_NAME_LIMIT = 90;
export const INSTANCE_LENGTH = 4;
export const ATTEMPT_LENGTH = 12;
/** RFC 4648 base32 in lower case: survives case-folding, hand-copying and JSON. */
export const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

export interface Marker {
  readonly instance: string;
  readonly attempt: string;
}

const MARKER = /^(?<description>[\s\S]*?)\s?\[nolapse:(?<instance>[a-z2-7]{4})\.(?<attempt>[a-z2-7]{12})\]$/;

/** The display name for a new credential. @throws TypeError when the marker's parts are not base32 of the right length. */
export function formatMarkedName(description: string, marker: Marker): string {
  const suffix = `[nolapse:${marker.instance}.${marker.attempt}]`;
  if (!MARKER.test(suffix)) throw new TypeError("a marker is four and twelve base32 characters");
  const room = DISPLAY_NAME_LIMIT - suffix.length - 1;
  const cut = prefix(description.trim(), room).trimEnd();
  return cut === "" ? suffix : `${cut} ${suffix}`;
}

/** The longest beginning of `text` of at most `room` UTF-16 units that does not split a code point. */
function prefix(text: string, room: number): string {
  if (text.length <= room) return text;
  const last = text.codePointAt(room - 1) ?? 0;
  return text.slice(0, last > 0xffff ? room - 1 : room);
}

/** The marker at the end of a display name, and the human words before it; the marker is null where there is none. */
export function parseMarkedName(name: string): { description: string; marker: Marker | null } {
  const groups = MARKER.exec(name)?.groups;
  if (groups?.instance === undefined || groups.attempt === undefined) return { description: name, marker: null };
  return {
    description: groups.description ?? "",
    marker: { instance: groups.instance, attempt: groups.attempt },
  };
}
