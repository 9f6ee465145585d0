/** What only the demo has: a link that opens signed in, and a clock to move. A server of anybody's own has none of these routes. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { DAY, type EpochMs, epochMs, formatInstant, parseInstant } from "../../core/time.ts";
import { UNFINISHED } from "../../engine/views/picture.ts";
import type { House } from "../house.ts";
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
  /** Sends the clock on to an instant; one that is past leaves it where it is. Gives where to. */
  goTo(at: number): number;
  /** Whether it stands still where nobody sends it on. */
  frozen(): boolean;
  freeze(frozen: boolean): void;
  /** Sign-ins of the sample applications so far. */
  signIns(): { readonly ok: number; readonly failed: number };
}

const state = z.strictObject({
  now: instant,
  target: instant.nullable(),
  frozen: z.boolean(),
  next: z
    .strictObject({ at: instant, displayName: z.string(), what: z.enum(["rotation", "renewal"]) })
    .nullable()
    .meta({ description: "what happens next by itself: a rotation's next step, or a renewal that is planned" }),
  signIns: z.strictObject({ ok: count, failed: count }),
});

async function stateOf(demo: DemoParts, house: House) {
  const target = demo.target();
  const { ok, failed } = demo.signIns();
  return {
    now: formatInstant(epochMs(demo.now())),
    target: target === null ? null : formatInstant(epochMs(target)),
    frozen: demo.frozen(),
    next: await nextOf(house, demo.now()),
    signIns: { ok, failed },
  };
}

interface Next {
  readonly at: EpochMs;
  readonly displayName: string;
  readonly what: "rotation" | "renewal";
}

/** The first thing after now, over all tenants. */
async function nextOf(house: House, now: number) {
  const found: Next[] = [];
  for (const { deps, picture } of house.tenants()) {
    const open = await deps.store.rotations({ tenantId: deps.settings.tenantId, states: UNFINISHED });
    for (const { dueAt: at, displayName } of open) if (at !== null) found.push({ at, displayName, what: "rotation" });
    for (const { outlook, displayName } of picture?.listing.first(["renews"], "next", SOME) ?? []) {
      if (outlook.next.at !== null) found.push({ at: outlook.next.at, displayName, what: "renewal" });
    }
  }
  const [first] = found.filter(({ at }) => at > now).sort((a, b) => a.at - b.at);
  return first === undefined ? null : { ...first, at: formatInstant(first.at) };
}

/** Of what is planned, those that come first; some may be due already. */
const SOME = 20;

/** One of the three. */
const move = z.strictObject({
  days: z.int().min(1).max(730).optional(),
  to: instant.optional().meta({ description: "no more than two years ahead" }),
  frozen: z.boolean().optional(),
});

const FARTHEST = 731 * DAY;

/** @throws NolapseError `usage`. */
function obey(demo: DemoParts, asked: z.output<typeof move>): void {
  const { days, to, frozen } = asked;
  if (Object.values(asked).filter((one) => one !== undefined).length !== 1) {
    throw new NolapseError("usage", "the clock takes one order at a time", { next: "send days, to or frozen" });
  }
  if (days !== undefined) demo.forward(days);
  if (frozen !== undefined) demo.freeze(frozen);
  if (to === undefined) return;
  const at = parseInstant(to);
  if (at === null || at <= demo.now() || at - demo.now() > FARTHEST) {
    throw new NolapseError("usage", "the demo's clock only goes forward, and two years at a time at most", {
      next: "name a later instant, or start the demo again with --fresh to go back",
    });
  }
  demo.goTo(at);
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
      handle: async ({ house }) => stateOf(demo, house),
    }),
    route({
      method: "POST",
      path: "/api/v1/demo/clock",
      role: "Operator",
      tag: "demo",
      summary:
        "Send the demo's clock on, by days or to an instant, in steps so that everybody can act in between; or let it stand still",
      body: move,
      answer: state,
      handle: async ({ body, house }) => {
        obey(demo, body);
        return stateOf(demo, house);
      },
    }),
  ];
}
