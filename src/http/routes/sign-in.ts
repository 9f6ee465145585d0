/** Signing in and out with a browser, and the sessions that come of it. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { actorOf } from "../caller.ts";
import { mayAll, ROLES } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { LONGEST } from "../sessions.ts";
import { type SignIn, safePath } from "../sign-in.ts";
import { count, iso, maybe } from "./shapes.ts";

const sessionSchema = z.strictObject({
  handle: z.string(),
  name: z.string(),
  role: z.enum(ROLES).nullable(),
  current: z.boolean(),
  secondsOld: count,
  secondsIdle: count,
});

export function signInRoutes(signIn: SignIn, origin: () => string, processNow: () => number): readonly Route[] {
  return [...browserRoutes(signIn, origin), ...sessionRoutes(processNow), me];
}

function browserRoutes(signIn: SignIn, origin: () => string): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/auth/sign-in",
      role: "anonymous",
      tag: "sign-in",
      summary: "Begin to sign in: leads to the tenant's login authority",
      query: z.strictObject({
        to: z.string().max(2_000).optional().meta({ description: "a path here to come back to" }),
        rights: z
          .literal("yes")
          .optional()
          .meta({ description: "also asks the person to lend his own rights in Entra ID, for an hour" }),
      }),
      text: "text/html",
      handle: async ({ query, browser }) => {
        const { url, ticket } = await signIn.begin(safePath(query.to, origin()), query.rights === "yes");
        browser.setCookie("sign-in", ticket, 600);
        return { redirect: url };
      },
    }),
    route({
      method: "GET",
      path: "/auth/callback",
      role: "anonymous",
      tag: "sign-in",
      summary: "Where the login authority leads back to",
      text: "text/html",
      handle: async ({ browser, house }) => {
        const ticket = browser.cookie("sign-in");
        browser.setCookie("sign-in", "", 0);
        const { caller, to, rights } = await signIn.complete(ticket, browser.query);
        const { id } = house.parts.sessions.begin(caller, browser.cookie("session"), rights);
        browser.setCookie("session", id, LONGEST / 1000);
        await house.note(actorOf(caller), "signed-in", {
          role: caller.role,
          ...(rights === null ? {} : { lends: "own rights" }),
        });
        return { redirect: to };
      },
    }),
    route({
      method: "POST",
      path: "/auth/sign-out",
      role: "Owner",
      tag: "sign-in",
      summary: "End this session; says where the login authority's own one ends",
      answer: z.strictObject({ next: z.string().nullable() }),
      handle: async ({ session, browser, house, caller }) => {
        if (session !== null) house.parts.sessions.end(session.handle);
        browser.setCookie("session", "", 0);
        await house.note(actorOf(caller), "signed-out", {});
        return { next: await signIn.endAddress() };
      },
    }),
  ];
}

function sessionRoutes(processNow: () => number): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/sessions",
      role: "Owner",
      tag: "sign-in",
      summary: "Your sessions; an Admin's answer has everybody's",
      answer: z.strictObject({ sessions: z.array(sessionSchema) }),
      handle: async ({ caller, session, house }) => {
        const all = house.parts.sessions.list(mayAll(caller.role, "Admin") ? undefined : caller.objectId);
        const since = (at: number) => Math.max(0, Math.floor((processNow() - at) / 1000));
        return {
          sessions: all.map((one) => ({
            handle: one.handle,
            name: one.caller.name,
            role: one.caller.role,
            current: one.handle === session?.handle,
            secondsOld: since(one.since),
            secondsIdle: since(one.seen),
          })),
        };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/v1/sessions/{handle}",
      role: "Owner",
      tag: "sign-in",
      summary: "End a session of yours; an Admin may end anybody's",
      params: z.looseObject({ handle: z.string().regex(/^[\w-]{1,40}$/) }),
      answer: z.strictObject({ ended: z.literal(true) }),
      handle: async ({ params, caller, house }) => {
        const { sessions } = house.parts;
        const visible = sessions.list(mayAll(caller.role, "Admin") ? undefined : caller.objectId);
        const found = visible.find(({ handle }) => handle === params.handle);
        if (found === undefined) {
          throw new NolapseError("not-found", "there is no such session", { next: "GET /api/v1/sessions" });
        }
        sessions.end(found.handle);
        await house.note(actorOf(caller), "session-ended", { of: found.caller.name });
        return { ended: true as const };
      },
    }),
  ];
}

const me = route({
  method: "GET",
  path: "/api/v1/me",
  role: "Owner",
  tag: "sign-in",
  summary: "Who you are here, what you may, and the token that goes with every change",
  answer: z.strictObject({
    kind: z.enum(["person", "application"]),
    objectId: z.string(),
    name: z.string(),
    displayName: z.string().nullable(),
    role: z.enum(ROLES).nullable(),
    csrf: z.string().nullable().meta({ description: "send it as X-CSRF-Token; null with an access token" }),
    rightsUntil: maybe.meta({
      description:
        "how long your own rights in Entra ID are lent to the server; null: ask with /auth/sign-in?rights=yes",
    }),
    tenants: z.array(z.string()),
    zones: z.record(z.string(), z.string()).meta({ description: "the time zone of each of them that is open" }),
    version: z.string(),
    stream: z.string(),
  }),
  handle: async ({ caller, session, house }) => ({
    ...caller,
    csrf: session?.csrf ?? null,
    rightsUntil: iso(session?.rights?.until),
    tenants: [...house.parts.names()],
    zones: Object.fromEntries(house.tenants().map(({ name, deps }) => [name, deps.settings.timeZone])),
    version: house.parts.version,
    stream: house.parts.events.stream,
  }),
});
