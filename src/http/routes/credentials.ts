/** One credential of an application: what the books know of it, and what the directory's logs say of it where somebody asks. */
import { z } from "zod";
import { CLASSES, type Class } from "../../core/credentials/classify.ts";
import { isLive } from "../../core/credentials/credential.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import { wordStands } from "../../core/rotation/retirement.ts";
import { DAY, formatInstant, plus } from "../../core/time.ts";
import { mayBeAdopted } from "../../engine/commands/adopt.ts";
import { asked } from "../../engine/facts.ts";
import { mayGo } from "../../engine/rotation/leftover.ts";
import {
  type CredentialLife,
  type CredentialLog,
  credentialLife,
  credentialLog,
} from "../../engine/views/credential-life.ts";
import type { Explanation } from "../../engine/views/explain.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { explanationOf } from "./applications.ts";
import { heldOf, lifeRow, lifeRowJson } from "./life-rows.ts";
import { seenBy } from "./own.ts";
import { count, holderType, id, instant, iso, maybe, scope, scopeOf, state } from "./shapes.ts";

const params = z.looseObject({ id, keyId: id });

const named = z.strictObject({ id: z.string(), state });
const use = z.strictObject({
  at: instant,
  client: z.string().nullable(),
  address: z.string().nullable(),
  resource: z.string().nullable(),
});

const show = tenantRoute({
  method: "GET",
  path: "/applications/{id}/credentials/{keyId}",
  madeOf: "store",
  role: "Owner",
  tag: "applications",
  summary: "One credential: its ids and dates, what made it, what is proven of it, and who was seen to use it",
  params,
  answer: z.strictObject({
    ...scope,
    ...lifeRow,
    owner: holderType.nullable().meta({ description: "the object that lists it; null once it is removed" }),
    class: z.enum(Object.keys(CLASSES) as [Class, ...Class[]]).nullable(),
    whatItIs: z.string().nullable().meta({ description: "its class in words" }),
    status: z.string().nullable(),
    sentence: z.string().nullable(),
    detail: z.string().nullable(),
    made: z.strictObject({
      how: z.enum(["rotation", "person", "elsewhere", "unknown"]),
      by: z.string().nullable(),
      at: maybe,
    }),
    issuedBy: named.nullable(),
    replacedBy: named.nullable(),
    sealed: z.boolean().meta({ description: "its value is still sealed here" }),
    privileged: z.boolean(),
    acts: z
      .strictObject({ adopt: z.boolean(), remove: z.boolean(), leaked: z.boolean() })
      .meta({ description: "what can be asked for as far as the last scan shows, whoever asks" }),
    tried: z
      .strictObject({ accepted: count, asked: count })
      .nullable()
      .meta({ description: "by Nolapse, before it was delivered" }),
    use: z.strictObject({ readAt: instant, last: use.nullable() }).nullable(),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId } }) => {
    await tenant.painted();
    const { portrait, span, life } = await lifeOf(tenant, seenBy(tenant, caller, application), keyId);
    const told = await explanationOf(tenant, portrait);
    return {
      ...(await scopeOf(tenant)),
      ...lifeRowJson(
        life.row,
        span,
        heldOf(life.row, portrait.outlook, life.replacedBy === null ? [] : [life.replacedBy]),
      ),
      ...judgedOf(told, keyId),
      privileged: told.privileges.held.length > 0,
      acts: await actsOf(tenant, portrait, life),
      ...lifeJson(life),
    };
  },
});

async function actsOf({ deps }: Tenant, { holders, items }: Portrait, { row, replacedBy }: CredentialLife) {
  const holder = holders.find(({ credentials }) => credentials.some(({ keyId }) => keyId === row.keyId));
  const credential = holder?.credentials.find(({ keyId }) => keyId === row.keyId);
  if (holder === undefined || credential === undefined) return { adopt: false, remove: false, leaked: false };
  const isOld = replacedBy?.state === "verified" && replacedBy.removedAt === null;
  const isOpen = replacedBy !== null && replacedBy.state !== "retired" && replacedBy.removedAt === null;
  const isBound = items.some((one) => one.slot !== null && one.credential?.keyId === row.keyId);
  return {
    adopt: await mayBeAdopted(deps, holder, credential),
    remove: isOld
      ? !wordStands(replacedBy, asked(deps, replacedBy)) && replacedBy.emergency === undefined
      : replacedBy === null && row.origin === "adopted" && !row.current && (await mayGo(deps, holder, credential)),
    leaked: isOpen ? replacedBy.emergency === undefined : isBound && isLive(credential, await deps.clock.now()),
  };
}

/** A year back and a year ahead. @throws NolapseError `not-found`. */
async function lifeOf({ deps }: Tenant, portrait: Portrait, keyId: string) {
  const now = await deps.clock.now();
  const span = { from: plus(now, -365 * DAY), to: plus(now, 365 * DAY), now };
  const life = await credentialLife(deps, portrait, keyId, span);
  if (life !== null) return { portrait, span, life };
  throw new NolapseError("not-found", `this application has no credential ${keyId}, and had none that Nolapse knew`, {
    next: "open the application: its life line names all that are known",
  });
}

/** What the plan says of it; nothing once it is gone. */
function judgedOf({ credentials }: Explanation, keyId: string) {
  const found = credentials.find((one) => one.row.keyId === keyId);
  return {
    owner: found?.row.owner ?? null,
    class: found?.row.class ?? null,
    whatItIs: found === undefined ? null : CLASSES[found.row.class],
    status: found?.status ?? null,
    reason: found?.because ?? null,
    sentence: found?.sentence ?? null,
    detail: found?.detail ?? null,
  };
}

function lifeJson({ made, issuedBy, replacedBy, sealed, use: seen }: CredentialLife) {
  const probes = issuedBy?.probes ?? [];
  const good = probes.filter(({ outcome }) => outcome === "issued" || outcome === "authenticated-refused");
  return {
    made: { how: made.how, by: made.by, at: iso(made.at) },
    issuedBy: issuedBy && { id: issuedBy.id, state: issuedBy.state },
    replacedBy: replacedBy && { id: replacedBy.id, state: replacedBy.state },
    sealed,
    tried: probes.length === 0 ? null : { accepted: good.length, asked: probes.length },
    use: seen && {
      readAt: formatInstant(seen.readAt),
      last: seen.last && {
        at: formatInstant(seen.last.at),
        client: seen.last.client,
        address: seen.last.address,
        resource: seen.last.resource,
      },
    },
  };
}

/** So many of the newest sign-ins are told one by one; the others are counted. */
const TOLD = 50;

const change = z.strictObject({ at: instant, by: z.string().nullable() }).nullable();
const log = tenantRoute({
  method: "GET",
  path: "/applications/{id}/credentials/{keyId}/log",
  role: "Owner",
  tag: "applications",
  summary:
    "What sign-in log and audit log of the directory say of one credential in the last 30 days; asks the directory",
  params,
  // pages of a log, which weigh more than most of what Graph is asked
  rate: 10,
  answer: z.strictObject({
    state: z.enum(["read", "unlicensed", "forbidden"]),
    why: z.string().nullable().meta({ description: "where it was not read" }),
    next: z.string().nullable(),
    log: z
      .strictObject({
        now: instant,
        from: instant,
        succeeded: count.meta({ description: "by others than Nolapse" }),
        refused: count,
        own: count.meta({ description: "by Nolapse itself" }),
        unnamed: count.meta({ description: "sign-ins of the application by a credential the log does not name" }),
        last: z.array(z.strictObject({ ...use.shape, succeeded: z.boolean(), own: z.boolean() })),
        added: change,
        removed: change,
      })
      .nullable(),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId }, signal }) => {
    const { portrait, life } = await lifeOf(tenant, seenBy(tenant, caller, application), keyId);
    try {
      const log = logJson(await credentialLog(tenant.deps, portrait, life, signal));
      return { state: "read" as const, why: null, next: null, log };
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message, next } = asNolapseError(thrown);
      if (code === "directory-unlicensed") return { state: "unlicensed" as const, why: message, next, log: null };
      if (code === "directory-forbidden") return { state: "forbidden" as const, why: message, next, log: null };
      throw thrown;
    }
  },
});

function logJson({ from, upTo, signIns, unnamed, added, removed }: CredentialLog) {
  const others = signIns.filter(({ own }) => !own);
  return {
    now: formatInstant(upTo),
    from: formatInstant(from),
    succeeded: others.filter(({ succeeded }) => succeeded).length,
    refused: others.filter(({ succeeded }) => !succeeded).length,
    own: signIns.length - others.length,
    unnamed,
    last: signIns.slice(0, TOLD).map(({ at, client, address, resource, succeeded, own }) => ({
      at: formatInstant(at),
      client,
      address,
      resource,
      succeeded,
      own,
    })),
    added: changeJson(added),
    removed: changeJson(removed),
  };
}

function changeJson(change: CredentialLog["added"]) {
  return change && { at: formatInstant(change.at), by: change.actor.name ?? change.actor.id };
}

export const credentialRoutes: readonly Route[] = [show, log];
