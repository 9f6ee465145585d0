/** A new application, registered with the person's own rights, and which policy will hold for it. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import type { PolicySource } from "../../core/policy/assigning.ts";
import { policyOfNew, tagsForPolicy } from "../../core/policy/new-registration.ts";
import { AUDIENCES, registerApplication } from "../../engine/commands/register.ts";
import { actorOf } from "../caller.ts";
import { handOf } from "../own-rights.ts";
import { UnfitRequest } from "../problem.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf } from "./own.ts";

const source = {
  policy: z.string(),
  by: z.enum(["binding", "choice", "default"] satisfies PolicySource["by"][]),
  line: z.int().positive().nullable().meta({ description: "of the entry that gives it" }),
  pattern: z.string().nullable(),
};
const sourceOf = ({ policy, by, place, pattern }: PolicySource) => ({ policy, by, line: place?.line ?? null, pattern });

const displayName = z.string().trim().max(120);

const foreseen = tenantRoute({
  method: "GET",
  path: "/policies/foreseen",
  role: "Operator",
  tag: "settings",
  summary: "Which policy will hold for a registration of this name, and which others it can be given by a tag",
  query: z.strictObject({ displayName: displayName.default("") }),
  answer: z.strictObject({
    file: z.string().nullable().meta({ description: "the configuration file, without its folder" }),
    now: z.strictObject(source).meta({ description: "by its name alone" }),
    excluded: z.boolean().meta({ description: "an entry under exclude fits its name: nothing of it is renewed" }),
    others: z
      .array(z.strictObject({ ...source, tag: z.string() }))
      .meta({ description: "policies that it has where it is registered with that tag, for which a pattern looks" }),
  }),
  handle: async ({ tenant, query }) => {
    const { settings } = tenant.deps;
    const { now, excluded, others } = policyOfNew(settings, query.displayName);
    return {
      file: settings.configuredIn ?? null,
      now: sourceOf(now),
      excluded,
      others: others.map((one) => ({ ...sourceOf(one), tag: one.tag })),
    };
  },
});

const register = tenantRoute({
  method: "POST",
  path: "/applications",
  role: "Operator",
  tag: "applications",
  summary: "Register an application with your own rights in Entra ID; you become its owner",
  body: z.strictObject({
    displayName: displayName.min(1),
    signInAudience: z.enum(AUDIENCES).default("AzureADMyOrg"),
    redirect: z
      .strictObject({ platform: z.enum(["web", "spa", "publicClient"]), uri: z.string().min(1).max(256) })
      .optional(),
    principal: z.boolean().default(true).meta({ description: "make its enterprise application, too" }),
    policy: z.string().max(200).optional().meta({
      description:
        "the policy it shall have: it gets the tag that a pattern of the configuration looks for. Refused where no tag gives it; GET …/policies/foreseen says which there are",
    }),
  }),
  person: true,
  answer: z.strictObject({
    objectId: z.string(),
    appId: z.string(),
    servicePrincipal: z.string().nullable(),
    without: z
      .string()
      .nullable()
      .meta({ description: "why there is no enterprise application though you asked for it" }),
    shown: z.boolean().meta({ description: "whether the directory shows it already; else the next scan will" }),
  }),
  handle: async ({ tenant, caller, body, session }) => {
    pictureOf(tenant);
    const { displayName, signInAudience, redirect = null, principal, policy } = body;
    const tags = policy === undefined ? [] : tagsForPolicy(tenant.deps.settings, displayName, policy);
    if (tags === null)
      throw new UnfitRequest([{ path: "policy", message: `no tag gives ${policy} to a registration of this name` }]);
    const hand = await handOf(tenant, session);
    const asked = { displayName, signInAudience, redirect, principal, tags };
    const made = await registerApplication(tenant.deps, hand, asked, actorOf(caller));
    await tenant.born(made.holders, caller.objectId).catch((thrown: unknown) => {
      // it is registered whatever becomes of the page
      if (!(thrown instanceof NolapseError)) throw thrown;
    });
    const { objectId, appId, servicePrincipal, without, holders } = made;
    return { objectId, appId, servicePrincipal, without, shown: holders.length > 0 };
  },
});

export const registeringRoutes: readonly Route[] = [foreseen, register];
