/** Which applications a list shows, in which order, and from where on. */
import { z } from "zod";
import { NEXT, type NextCode } from "../../core/pictures/outlook.ts";
import { DAY, type EpochMs, parseInstant, plus } from "../../core/time.ts";
import type { Ownership } from "../../engine/ownership.ts";
import type { Picture, Portrait } from "../../engine/picture.ts";
import { bySignsInUntil } from "./overview.ts";

const SORTS = ["signsInUntil", "-signsInUntil", "displayName", "-displayName", "next", "-next"] as const;
const day = z.iso.date();

export const listQuery = z.strictObject({
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: "part of the name, or a client id, object id or key id from its beginning" }),
  next: z.enum(Object.keys(NEXT) as [NextCode, ...NextCode[]]).optional(),
  kind: z.enum(["secret", "certificate", "none"]).optional(),
  type: z.enum(["application", "servicePrincipal"]).optional(),
  policy: z.string().max(200).optional(),
  managed: z.enum(["true", "false"]).optional(),
  owner: z.string().max(100).optional().meta({ description: "an object id, or none" }),
  endsFrom: day.optional().meta({ description: "stops on this day or later (UTC)" }),
  endsTo: day.optional().meta({ description: "stops on this day or earlier (UTC)" }),
  sort: z.enum(SORTS).default("signsInUntil"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,7}$/)
    .optional(),
});

type Query = z.output<typeof listQuery>;

/** The whole tenant in an order, made once for each picture. */
export function orderOf(picture: Picture, sort: Query["sort"]): readonly Portrait[] {
  const name = sort.replace("-", "");
  const compare = COMPARE[name as keyof typeof COMPARE];
  return picture.order(sort, sort.startsWith("-") ? (a, b) => compare(b, a) : compare);
}

const byName = (a: Portrait, b: Portrait) => {
  const [one, other] = [a.searchName, b.searchName];
  return one < other ? -1 : one > other ? 1 : a.appId < b.appId ? -1 : 1;
};

const COMPARE = {
  signsInUntil: bySignsInUntil,
  displayName: byName,
  next: (a: Portrait, b: Portrait) =>
    (a.outlook.next.at ?? Number.MAX_SAFE_INTEGER) - (b.outlook.next.at ?? Number.MAX_SAFE_INTEGER) || byName(a, b),
};

interface Facets {
  readonly next: Record<string, number>;
  readonly policy: Record<string, number>;
  readonly kind: Record<string, number>;
}

/** What the query leaves of an order, and how many each value of a facet would leave. */
export function matching(
  order: readonly Portrait[],
  query: Query,
  ownership: Ownership | null,
): { readonly items: readonly Portrait[]; readonly facets: Facets } {
  const tests = testsOf(query, ownership);
  const items: Portrait[] = [];
  const facets: Facets = { next: {}, policy: {}, kind: {} };
  for (const one of order) {
    if (!tests.every((test) => test(one))) continue;
    items.push(one);
    add(facets.next, one.outlook.next.code);
    add(facets.policy, one.policy);
    if (one.secrets > 0) add(facets.kind, "secret");
    if (one.certificates > 0) add(facets.kind, "certificate");
    if (one.secrets + one.certificates === 0) add(facets.kind, "none");
  }
  return { items, facets };
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0) + 1;
}

type Test = (one: Portrait) => boolean;

function testsOf(query: Query, ownership: Ownership | null): readonly Test[] {
  const { q, next, kind, type, policy, managed, owner, endsFrom, endsTo } = query;
  const tests: Test[] = [];
  if (q !== undefined && q.trim() !== "") tests.push(searches(q.trim().toLowerCase()));
  if (next !== undefined) tests.push(({ outlook }) => outlook.next.code === next);
  if (kind === "secret") tests.push(({ secrets }) => secrets > 0);
  if (kind === "certificate") tests.push(({ certificates }) => certificates > 0);
  if (kind === "none") tests.push(({ secrets, certificates }) => secrets + certificates === 0);
  if (type !== undefined) tests.push((one) => one.type === type);
  if (policy !== undefined) tests.push((one) => one.policy === policy);
  if (managed !== undefined) tests.push(({ bound }) => bound === (managed === "true"));
  if (owner === "none") tests.push(({ objectId }) => (ownership?.ownersOf.get(objectId)?.length ?? 0) === 0);
  else if (owner !== undefined) {
    const owned = new Set(ownership?.ownedBy.get(owner.toLowerCase()) ?? []);
    tests.push(({ objectId }) => owned.has(objectId));
  }
  const [from, to] = [dayStart(endsFrom), dayStart(endsTo)];
  if (from !== null) tests.push(({ outlook: { signsInUntil: at } }) => at !== null && at >= from);
  if (to !== null) tests.push(({ outlook: { signsInUntil: at } }) => at !== null && at < plus(to, DAY));
  return tests;
}

function dayStart(date: string | undefined): EpochMs | null {
  return date === undefined ? null : parseInstant(`${date}T00:00:00Z`);
}

function searches(wanted: string): Test {
  if (!/^[0-9a-f-]+$/.test(wanted)) return ({ searchName }) => searchName.includes(wanted);
  return ({ searchName, appId, objectId, holders }) =>
    searchName.includes(wanted) ||
    appId.startsWith(wanted) ||
    objectId.startsWith(wanted) ||
    holders.some(({ credentials }) => credentials.some(({ keyId }) => keyId.toLowerCase().startsWith(wanted)));
}

/** One page; the cursor is where it begins. A list that changes between two pages may show one twice or not: the events tell. */
export function pageOf<T>(items: readonly T[], { cursor, limit }: Pick<Query, "cursor" | "limit">) {
  const from = Number(cursor ?? 0);
  const next = from + limit < items.length ? String(from + limit) : null;
  return { items: items.slice(from, from + limit), next };
}
