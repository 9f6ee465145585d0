/** One application of a list: its shape, as JSON, and as text that is written once and put together with others to a page. */
import { hash } from "node:crypto";
import { z } from "zod";
import { SMALL_HALF } from "../../core/pictures/small-line.ts";
import { type EpochMs, formatInstant, plus } from "../../core/time.ts";
import type { Ownership } from "../../engine/ownership.ts";
import { lineLasts, lineOf, type Portrait } from "../../engine/portrait.ts";
import { inAscii } from "../ascii.ts";
import type { Tenant } from "../tenant.ts";
import { count, holderType, instant, outlook, outlookJson } from "./shapes.ts";

export const owner = z.strictObject({ id: z.string(), name: z.string().nullable(), type: z.enum(["person", "other"]) });

export const item = {
  objectId: z.string(),
  appId: z.string(),
  displayName: z.string(),
  type: holderType,
  secrets: count,
  certificates: count,
  policy: z.string(),
  managed: z.boolean(),
  owners: z.array(owner).nullable().meta({ description: "null where they could not be read" }),
  homeTenant: z.string().nullable().meta({ description: "of a service principal: the tenant whose application it is" }),
  enabled: z.boolean(),
  line: z
    .array(
      z.strictObject({
        from: instant,
        to: instant,
        tense: z.enum(["happened", "recorded", "forecast"]),
        what: z.enum(["worked", "valid", "overlap", "removed", "ended", "lapse"]),
      }),
    )
    .meta({ description: "when it signs in, from a year before now to a year after it" }),
  ...outlook,
};

/** As far as a tenant has read who owns what. */
type Owned = Pick<Tenant, "ownership">;

/** One application of a list. `now` is where its line has its middle. */
export function itemJson(tenant: Owned, portrait: Portrait, now: EpochMs) {
  const { objectId, appId, displayName, type, secrets, certificates, policy, bound, holders, outlook: its } = portrait;
  const owners = tenant.ownership?.ownersOf.get(objectId);
  const main = holders.find((one) => one.objectId === objectId);
  return {
    objectId,
    appId,
    displayName,
    type,
    secrets,
    certificates,
    policy,
    managed: bound,
    owners: tenant.ownership === null ? null : (owners ?? []).map((one) => ({ ...one })),
    homeTenant: main?.homeTenantId ?? null,
    enabled: main?.enabled ?? true,
    line: lineOf(portrait, now).map(({ from, to, ...rest }) => ({
      from: formatInstant(from),
      to: formatInstant(to),
      ...rest,
    })),
    ...outlookJson(its),
  };
}

/**
 * One as text. It is held to its schema and written when somebody first sees it, and stays as it is until its application or its owners
 * are others; what moves with the present, the edges of its line, is left open.
 */
interface Row {
  /** Text, and every second time the name of an edge. */
  readonly pieces: readonly string[];
  /** Tells it from any other row, whatever the present is. */
  readonly tag: string;
  readonly owners: Ownership | null;
  /** It holds between the two, both left out. */
  readonly after: EpochMs;
  readonly before: EpochMs;
}

type Edges = Readonly<Record<"first" | "now" | "last", string>>;

/** By the application as it was seen: one that has changed is another portrait. About 700 bytes for each that was shown. */
const written = new WeakMap<Portrait, Row>();

/** The rows of a page, with commas between, and what tells them from others. */
export function itemsText(
  tenant: Owned,
  shown: readonly Portrait[],
  now: EpochMs,
): { readonly text: string; readonly tag: string } {
  const edges = {
    first: formatInstant(plus(now, -SMALL_HALF)),
    now: formatInstant(now),
    last: formatInstant(plus(now, SMALL_HALF)),
  };
  let [text, tag] = ["", ""];
  for (const portrait of shown) {
    const row = rowOf(tenant, portrait, now, edges);
    if (text !== "") text += ",";
    tag += row.tag;
    for (const [index, piece] of row.pieces.entries()) text += index % 2 === 0 ? piece : edges[piece as keyof Edges];
  }
  return { text, tag };
}

function rowOf(tenant: Owned, portrait: Portrait, now: EpochMs, edges: Edges): Row {
  const known = written.get(portrait);
  if (known !== undefined && known.owners === tenant.ownership && known.after < now && now < known.before) return known;
  const row = write(tenant, portrait, now, edges);
  written.set(portrait, row);
  return row;
}

const schema = z.strictObject(item);
/** Where an edge was left open: inside of a text the quotes around it would be escaped. */
const OPEN = /(?<="(?:from|to)":")(first|now|last)(?=")/;

function write(tenant: Owned, portrait: Portrait, now: EpochMs, edges: Edges): Row {
  const { line, ...rest } = schema.parse(itemJson(tenant, portrait, now));
  const names = new Map(Object.entries(edges).map(([name, at]) => [at, name]));
  const opened = line.map(({ from, to, ...its }) => ({
    from: names.get(from) ?? from,
    to: names.get(to) ?? to,
    ...its,
  }));
  const text = inAscii(JSON.stringify({ ...rest, line: opened }));
  return {
    pieces: text.split(OPEN),
    tag: hash("sha256", text, "base64url").slice(0, 16),
    owners: tenant.ownership,
    ...lineLasts(portrait, now),
  };
}
