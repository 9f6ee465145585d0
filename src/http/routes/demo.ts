/** What only the demo has: a link that opens signed in, and a clock to move. A server of anybody's own has none of these routes. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { epochMs, formatInstant } from "../../core/time.ts";
import { type Route, route } from "../route.ts";
import { type SignIn, safePath } from "../sign-in.ts";
import { count, instant } from "./shapes.ts";

/** What the demo lends the server. */
export interface DemoParts {
  /** Whether a code is the one that was printed last; it is good once. */
  takeCode(code: string): boolean;
  /** Signs the demo's administrator in at the authority, as a browser would; gives where the authority leads back to. */
  signIn(authorizationUrl: string): Promise<string>;
  now(): number;
  /** Where the clock is going, null where it only ticks. */
  target(): number | null;
  /** Sends the clock on by so many days; gives where to. */
  forward(days: number): number;
  /** Sign-ins of the sample applications so far. */
  signIns(): { readonly ok: number; readonly failed: number };
}

const state = z.strictObject({
  now: instant,
  target: instant.nullable(),
  signIns: z.strictObject({ ok: count, failed: count }),
});

function stateOf(demo: DemoParts) {
  const target = demo.target();
  const { ok, failed } = demo.signIns();
  return {
    now: formatInstant(epochMs(demo.now())),
    target: target === null ? null : formatInstant(epochMs(target)),
    signIns: { ok, failed },
  };
}

export function demoRoutes(demo: DemoParts, signIn: SignIn, origin: () => string): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/demo/{code}",
      role: "anonymous",
      tag: "demo",
      rate: 30,
      summary: "The link that the demo prints: signs its administrator in, once",
      params: z.looseObject({ code: z.string().max(100) }),
      text: "text/html",
      handle: async ({ params, browser }) => {
        if (!demo.takeCode(params.code)) {
          throw new NolapseError("not-signed-in", "this link was used already, or is of another demo", {
            next: "open the link that the demo printed last",
          });
        }
        const { url, ticket } = await signIn.begin("/", true);
        browser.setCookie("sign-in", ticket, 600);
        return { redirect: await demo.signIn(url) };
      },
    }),
    route({
      method: "GET",
      path: "/demo/rights",
      role: "Admin",
      tag: "demo",
      rate: 30,
      summary: "Signs the demo's administrator in again, whose own rights are lent for an hour of the demo's clock",
      query: z.strictObject({ to: z.string().max(2_000).optional() }),
      text: "text/html",
      handle: async ({ query, browser }) => {
        const { url, ticket } = await signIn.begin(safePath(query.to, origin()), true);
        browser.setCookie("sign-in", ticket, 600);
        return { redirect: await demo.signIn(url) };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/demo",
      role: "Reader",
      tag: "demo",
      summary: "The demo's clock, and how its sample applications fare",
      answer: state,
      handle: async () => stateOf(demo),
    }),
    route({
      method: "POST",
      path: "/api/v1/demo/clock",
      role: "Operator",
      tag: "demo",
      summary: "Send the demo's clock on; it goes in steps, so that everybody can act in between",
      body: z.strictObject({ days: z.int().min(1).max(730) }),
      answer: state,
      handle: async ({ body }) => {
        demo.forward(body.days);
        return stateOf(demo);
      },
    }),
  ];
}
