/** What all that is chosen of a list have now, policy and owners, and the lines of the configuration that give them another policy. */
import { z } from "zod";
import { assignPolicy, type PolicySource, policySource } from "../../core/policy/assigning.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import { UnfitRequest } from "../problem.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { owner } from "./item.ts";
import { chosenOf, membersOf, selection } from "./selecting.ts";
import { count, holderType, scope, scopeOf } from "./shapes.ts";

/** Owners that are offered by their names at most; of others the id or the sign-in name is typed. */
const MOST_PEOPLE = 100;

const line = z.int().positive().nullable();

const assignment = z.strictObject({
  policy: z.string(),
  already: count.meta({ description: "have it already" }),
  added: count,
  lines: z.string().meta({ description: "entries for `applications`, before all others; empty where none is needed" }),
  at: z
    .strictObject({
      line: z.int().positive(),
      flow: z.boolean().meta({ description: "the list stands in brackets: they go right behind the first one" }),
    })
    .nullable()
    .meta({ description: "the line the list begins at, above which they go; null where there is none yet" }),
  edits: z.array(
    z.strictObject({
      appId: z.string(),
      displayName: z.string(),
      line: line.meta({ description: "where its own entry begins" }),
      text: z.string().meta({ description: "the line as it has to be in that entry" }),
      instead: z.string().nullable().meta({ description: "the policy that is named there now" }),
    }),
  ),
});

const chosen = tenantRoute({
  method: "POST",
  path: "/applications/chosen",
  role: "Reader",
  tag: "applications",
  summary:
    "What all that is chosen have now: which policy by which entry of the configuration, which owners; with `policy`, the lines that give them that one. Nothing is written",
  rate: 60,
  body: selection.extend({ policy: z.string().max(200).optional() }),
  answer: z.strictObject({
    ...scope,
    members: z.string(),
    file: z.string().nullable().meta({ description: "the configuration file, without its folder" }),
    policies: z.array(z.string()),
    people: z.array(z.strictObject({ id: z.string(), name: z.string().nullable(), applications: count })).meta({
      description: `who owns applications of this tenant already, whoever owns most on top; ${MOST_PEOPLE} at most`,
    }),
    items: z.array(
      z.strictObject({
        objectId: z.string(),
        appId: z.string(),
        displayName: z.string(),
        type: holderType,
        managed: z.boolean(),
        policy: z.string(),
        by: z.enum(["binding", "choice", "default"] satisfies PolicySource["by"][]),
        line,
        pattern: z.string().nullable(),
        owners: z.array(owner).nullable().meta({ description: "null where they could not be read" }),
      }),
    ),
    assignment: assignment.nullable().meta({ description: "null where no policy was asked for" }),
  }),
  handle: async ({ tenant, caller, body }) => {
    await tenant.painted();
    const { settings } = tenant.deps;
    const portraits = await chosenOf(tenant, caller, body);
    return {
      ...(await scopeOf(tenant)),
      members: membersOf(portraits),
      file: settings.configuredIn ?? null,
      policies: Object.keys(settings.policies),
      people: peopleOf(tenant),
      items: portraits.map((one) => itemOf(tenant, one)),
      assignment: body.policy === undefined ? null : assigned(tenant, portraits, body.policy),
    };
  },
});

/** The holder that decides about the policy, as the portrait took it. */
function mainOf({ holders, objectId }: Portrait) {
  const main = holders.find((one) => one.objectId === objectId);
  if (main === undefined) throw new TypeError("a portrait of nothing");
  return main;
}

function itemOf(tenant: Tenant, portrait: Portrait) {
  const { objectId, appId, displayName, type, bound: managed } = portrait;
  const { policy, by, place, pattern } = policySource(tenant.deps.settings, mainOf(portrait));
  const owners = tenant.ownership === null ? null : (tenant.ownership.ownersOf.get(objectId) ?? []);
  return {
    ...{ objectId, appId, displayName, type, managed, policy, by, pattern },
    line: place?.line ?? null,
    owners: owners?.map((one) => ({ ...one })) ?? null,
  };
}

function assigned({ deps: { settings } }: Tenant, portraits: readonly Portrait[], policy: string) {
  if (!Object.hasOwn(settings.policies, policy)) {
    throw new UnfitRequest([
      { path: "policy", message: `there is no policy ${policy}: one of ${Object.keys(settings.policies).join(", ")}` },
    ]);
  }
  const { already, added, lines, at, edits } = assignPolicy(settings, portraits.map(mainOf), policy);
  return {
    ...{ policy, already, added, lines },
    at: at && { line: at.line, flow: at.flow },
    edits: edits.map(({ place, ...one }) => ({ ...one, line: place?.line ?? null })),
  };
}

function peopleOf({ ownership }: Tenant) {
  if (ownership === null) return [];
  const named = new Map([...ownership.ownersOf.values()].flat().map((one) => [one.id.toLowerCase(), one]));
  return [...named.values()]
    .filter(({ type }) => type === "person")
    .map(({ id, name }) => ({ id, name, applications: ownership.ownedBy.get(id.toLowerCase())?.length ?? 0 }))
    .sort((a, b) => b.applications - a.applications)
    .slice(0, MOST_PEOPLE);
}

export const assigningRoutes: readonly Route[] = [chosen];
