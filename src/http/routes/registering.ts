/** A new application, registered with the person's own rights. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { AUDIENCES, registerApplication } from "../../engine/register.ts";
import { actorOf } from "../caller.ts";
import { handOf } from "../own-rights.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf } from "./own.ts";

const register = tenantRoute({
  method: "POST",
  path: "/applications",
  role: "Operator",
  tag: "applications",
  summary: "Register an application with your own rights in Entra ID; you become its owner",
  body: z.strictObject({
    displayName: z.string().trim().min(1).max(120),
    signInAudience: z.enum(AUDIENCES).default("AzureADMyOrg"),
    redirect: z
      .strictObject({ platform: z.enum(["web", "spa", "publicClient"]), uri: z.string().min(1).max(256) })
      .optional(),
    principal: z.boolean().default(true).meta({ description: "make its enterprise application, too" }),
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
    const hand = await handOf(tenant, session);
    const { displayName, signInAudience, redirect = null, principal } = body;
    const asked = { displayName, signInAudience, redirect, principal };
    const made = await registerApplication(tenant.deps, hand, asked, actorOf(caller));
    await tenant.born(made.holders, caller.objectId).catch((thrown: unknown) => {
      // it is registered whatever becomes of the page
      if (!(thrown instanceof NolapseError)) throw thrown;
    });
    const { objectId, appId, servicePrincipal, without, holders } = made;
    return { objectId, appId, servicePrincipal, without, shown: holders.length > 0 };
  },
});

export const registeringRoutes: readonly Route[] = [register];
