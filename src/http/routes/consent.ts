/** What an application was granted in this tenant, read from the directory when it is asked for. Nothing is granted or revoked. */
import { z } from "zod";
import { type Part, readConsent } from "../../engine/views/consent.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf, seenBy } from "./own.ts";
import { count, id, scope, scopeOf } from "./shapes.ts";

const part = z.enum(["servicePrincipal", "application", "delegated", "names"] satisfies Part[]);
const granted = {
  resourceId: z.string(),
  resource: z.string().nullable().meta({ description: "what the resource is called; null where it is not known" }),
  displayName: z.string().nullable(),
};

const consent = tenantRoute({
  method: "GET",
  path: "/applications/{id}/consent",
  role: "Owner",
  tag: "applications",
  summary: "The service principal of an application and what it was granted, as the directory says now",
  rate: 60,
  params: z.looseObject({ id }),
  answer: z.strictObject({
    ...scope,
    appId: z.string(),
    servicePrincipal: z
      .strictObject({
        objectId: z.string(),
        enabled: z.boolean(),
        assignmentRequired: z.boolean(),
        secrets: count,
        certificates: count,
      })
      .nullable()
      .meta({ description: "null where there is none, and where it could not be read: then `unread` names it" }),
    application: z
      .array(
        z.strictObject({
          ...granted,
          roleId: z.string(),
          value: z.string().nullable(),
          privileged: z.boolean().meta({ description: "it makes the application privileged: two persons approve" }),
        }),
      )
      .nullable()
      .meta({ description: "application permissions; null where they could not be read" }),
    delegated: z
      .array(
        z.strictObject({
          ...granted,
          value: z.string(),
          everybody: z.boolean(),
          persons: count.meta({ description: "for how many persons, each by himself" }),
          person: z.string().nullable().meta({ description: "object id, where it is one person" }),
        }),
      )
      .nullable()
      .meta({ description: "delegated permissions; null where they could not be read" }),
    privileges: z
      .strictObject({ held: z.array(z.string()), unknown: z.array(z.string()) })
      .meta({ description: "what makes it privileged by the last scan, and what that could not read" }),
    unread: z.array(z.strictObject({ part, code: z.string(), message: z.string(), next: z.string().nullable() })),
    cut: z.array(part).meta({ description: "lists that go on after what is here" }),
  }),
  handle: async ({ tenant, caller, params, signal }) => {
    await tenant.painted();
    const { appId } = seenBy(tenant, caller, params.id);
    const { privileges } = pictureOf(tenant).scan;
    const { principal, application, delegated, unread, cut } = await readConsent(tenant.parts.consents, appId, signal);
    return {
      ...(await scopeOf(tenant)),
      appId,
      servicePrincipal: principal && { ...principal },
      application: application?.map((one) => ({ ...one })) ?? null,
      delegated: delegated?.map((one) => ({ ...one })) ?? null,
      privileges: { held: [...(privileges.held.get(appId) ?? [])], unknown: [...privileges.unknown] },
      unread: unread.map(({ part: its, error: { code, message, next } }) => ({ part: its, code, message, next })),
      cut: [...cut],
    };
  },
});

export const consentRoutes: readonly Route[] = [consent];
