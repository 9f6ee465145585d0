/** `GET /applications/delta` and its like: reference graph-applications §10.4. */

import { RETENTION } from "../state/state.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest, GraphError, notEmulated, unsupportedQuery } from "./graph-error.ts";
import { project } from "./odata.ts";
import { structuredType } from "./schema.ts";

type ObjectKind = "applications" | "servicePrincipals";

const PAGE = 200;
/** Documented for users and groups (reference limits §4). */
const MOST_IDS = 50;
/** A token is good for so long on the directory's clock. */
const VALID = 7 * 86_400_000;

/** Where a sequence of pages stands: everything after `from`, as things were at `until`. */
interface Place {
  readonly epoch: string;
  readonly from: number;
  readonly until: number;
  readonly issuedAt: number;
  /** These pages are the first of all, which do not tell of what was gone before. */
  readonly isFirst?: boolean;
}

/** First all objects, later what changed since the token; a changed object comes whole, as Graph's pages may. */
export function delta(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const { services, caller, now, request } = call;
  const url = new URL(request.target, request.origin);
  for (const name of url.searchParams.keys()) {
    if (!["$select", "$filter", "$deltatoken", "$skiptoken"].includes(name))
      throw notEmulated(`The query option '${name}' here`);
  }
  const select = selected(url.searchParams.get("$select"), kind);
  const wanted = ids(url.searchParams.get("$filter"));
  const { changes } = services.store;
  const token = url.searchParams.get("$deltatoken");
  const page = url.searchParams.get("$skiptoken");
  const epoch = services.store.epoch;
  if (token === "latest") {
    return answer(call, kind, url, [], { epoch, from: changes.version, until: changes.version, issuedAt: now }, true);
  }
  const given = page ?? token;
  const place = given === null || given === "" ? undefined : read(call, url, given);
  const from = place?.from ?? 0;
  const until = page !== null && place !== undefined ? place.until : changes.version;
  const isFirst = place === undefined || (page !== null && place.isFirst === true);
  const shown: Record<string, unknown>[] = [];
  let last = from;
  for (const { id, version } of changes.after(from, kind, caller.tenantId)) {
    if (version > until || shown.length === PAGE) break;
    last = version;
    if (wanted?.has(id) === false) continue;
    const view = entry(call, kind, id, isFirst, select);
    if (view !== undefined) shown.push(view);
  }
  const more = shown.length === PAGE;
  const next = { epoch, from: more ? last : until, until, issuedAt: now, ...(more && isFirst ? { isFirst } : {}) };
  return answer(call, kind, url, shown, next, !more);
}

/** An object, or what is left to say of it; nothing of one that was gone before anybody asked. */
function entry(
  { services, now }: GraphCall,
  kind: ObjectKind,
  id: string,
  first: boolean,
  select: readonly string[] | undefined,
): Record<string, unknown> | undefined {
  const record = services.store.any(kind, id);
  if (record !== undefined && record.deletedAt === undefined) {
    const keyCredentials = (record.entity.keyCredentials as object[]).map((key) => ({ ...key, key: null }));
    return { ...project({ ...record.entity, keyCredentials }, select), id };
  }
  if (first) return undefined;
  const restorable = record?.deletedAt !== undefined && record.deletedAt > now - RETENTION;
  return { id, "@removed": { reason: restorable ? "changed" : "deleted" } };
}

/** `$filter` of a delta names objects by id, and nothing else. */
function ids(text: string | null): ReadonlySet<string> | undefined {
  if (text === null) return undefined;
  const found = text.split(/\s+or\s+/i).map((one) => /^\s*id eq '([^']*)'\s*$/.exec(one)?.[1]?.toLowerCase());
  if (found.includes(undefined)) throw unsupportedQuery("A delta query is filtered by id only.");
  if (found.length > MOST_IDS) throw badRequest(`A delta query takes at most ${MOST_IDS} ids.`);
  return new Set(found as string[]);
}

function selected(text: string | null, kind: ObjectKind): string[] | undefined {
  if (text === null) return undefined;
  const type = kind === "applications" ? "application" : "servicePrincipal";
  const { properties } = structuredType(type);
  const names = text.split(",").map((name) => name.trim());
  const odd = names.find((name) => !properties.has(name));
  if (odd !== undefined)
    throw badRequest(`Could not find a property named '${odd}' on type 'microsoft.graph.${type}'.`);
  return names;
}

function answer(
  { request }: GraphCall,
  kind: ObjectKind,
  url: URL,
  value: readonly Record<string, unknown>[],
  place: Place,
  done: boolean,
): GraphAnswer {
  const link = new URL(url);
  for (const name of ["$deltatoken", "$skiptoken"]) link.searchParams.delete(name);
  const token = Buffer.from(JSON.stringify(place)).toString("base64url");
  link.searchParams.set(done ? "$deltatoken" : "$skiptoken", token);
  const address = `${request.origin}${link.pathname}?${link.searchParams.toString().replaceAll("%24", "$").replaceAll("%2C", ",")}`;
  return {
    status: 200,
    body: {
      "@odata.context": `${request.origin}/v1.0/$metadata#${kind}`,
      [done ? "@odata.deltaLink" : "@odata.nextLink"]: address,
      value,
    },
  };
}

/** A token that is too old, or of another run of the directory, means: begin anew. */
function read({ services, now, request }: GraphCall, url: URL, token: string): Place {
  let place: Partial<Place> | null;
  try {
    place = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as Partial<Place> | null;
  } catch {
    place = null;
  }
  const { epoch, from, until, issuedAt, isFirst } = place ?? {};
  if (typeof from !== "number" || typeof until !== "number" || typeof issuedAt !== "number") {
    throw badRequest("Badly formed token.");
  }
  if (epoch !== services.store.epoch || now - issuedAt > VALID) {
    throw new GraphError(
      410,
      "syncStateNotFound",
      "The delta token is no longer valid; a full synchronization is needed.",
      {
        headers: { Location: `${request.origin}${url.pathname}?$deltatoken=` },
      },
    );
  }
  return { epoch, from, until, issuedAt, isFirst: isFirst === true };
}
