/** A route is one declaration: method, path, least role, schemas, handler. The server, the OpenAPI document and the tests of who may what are made from the list of them. */

import type { z } from "zod";
import { advised, tenantNamed } from "../core/commands.ts";
import { formatInstant } from "../core/time.ts";
import type { Caller } from "./caller.ts";
import type { House } from "./house.ts";
import { once } from "./idempotency.ts";
import type { Written } from "./kept-answers.ts";
import { type Least, mayAll } from "./roles.ts";
import type { RowsText } from "./rows.ts";
import type { Session } from "./sessions.ts";
import type { Tenant } from "./tenant.ts";
import { answerOf } from "./tenant-commands.ts";

/** Text that is no JSON, sent as it comes. */
export interface Text {
  readonly type: string;
  readonly body: string | AsyncIterable<string>;
  /** The name a browser saves it by. */
  readonly file?: string;
}

/** The browser is sent on. */
export interface Redirect {
  readonly redirect: string;
}

/**
 * An answer whose last property, `items`, is text already, of the words that the route's schema names. The rest is held to it as every
 * answer is.
 */
export class WrittenItems<A> {
  readonly head: Omit<A, "items">;
  readonly items: RowsText;

  constructor(head: Omit<A, "items">, items: WrittenItems<A>["items"]) {
    this.head = head;
    this.items = items;
  }
}

/** What only sign-in needs: cookies, and the query as it came. */
export interface Browser {
  readonly query: string;
  cookie(name: CookieName): string | undefined;
  /** Seconds; 0 takes it away. */
  setCookie(name: CookieName, value: string, maxAge: number): void;
}

export type CookieName = "session" | "sign-in";

/** Takes over the connection and writes until one side ends it. */
export type Stream = (line: StreamLine) => void;

export interface StreamLine {
  /** False once nobody reads any more. */
  send(text: string | Buffer): boolean;
  end(): void;
  readonly ended: AbortSignal;
}

export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Nobody's role is higher than the route's least one where that is `anonymous`: then this is {@link NOBODY}. */
  readonly caller: Caller;
  readonly browser: Browser;
  /** Null where the caller came with an access token. */
  readonly session: Session | null;
  /** Of a change that is to be made once however often it is sent; null where the caller sent none. */
  readonly key: string | null;
  readonly house: House;
  readonly signal: AbortSignal;
  /** Aborts when nobody is there any more to hear the answer; for what only waits. */
  readonly gone: () => AbortSignal;
}

/** The caller of a route that is open to everybody. */
export const NOBODY: Caller = { kind: "person", objectId: "", name: "nobody", displayName: null, role: null };

type Schema = z.ZodObject;
type Of<S extends Schema | undefined> = S extends Schema ? z.output<S> : undefined;

interface Common<P extends Schema | undefined, Q extends Schema | undefined, B extends Schema | undefined> {
  readonly method: "GET" | "POST" | "DELETE";
  /** The whole path, with `{name}` for parameters; of a tenant's route, what follows `/api/v1/t/{tenant}`. */
  readonly path: string;
  readonly role: Least;
  readonly tag: string;
  /** What it does, for the OpenAPI document. */
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Only a person may, however high the role of an application is. */
  readonly person?: true;
  /** Requests a minute from one address, where each costs more than most. */
  readonly rate?: number;
  /** The answer holds a value: nothing else's does. */
  readonly reveals?: true;
  /**
   * Of a tenant's `GET`: what the answer is made of beside the address, for whoever may see everything (Reader and higher), so that it may
   * be given again while that has not changed. Left out where it hangs on anything else: the caller, the directory, this process.
   */
  readonly madeOf?: "listing" | "store";
}

type Answers<A> = { readonly answer: z.ZodType<A> } | { readonly text: string };

/** What the server needs of a route, whatever its schemas. */
export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly role: Least;
  readonly tag: string;
  readonly summary: string;
  readonly params?: Schema | undefined;
  readonly query?: Schema | undefined;
  readonly body?: Schema | undefined;
  readonly person?: true | undefined;
  readonly rate?: number | undefined;
  readonly reveals?: true | undefined;
  /** Of a JSON answer; null for text. */
  readonly answer: z.ZodType | null;
  /** The media type of an answer that is text. */
  readonly text: string | null;
  /** Where an answer to this may be kept, and the one that is; null where none may, and where it is asked for the first time. */
  keeping?(asked: Keepable, address: string): Promise<Keeping | null>;
  handle(asked: Asked<unknown, unknown, unknown>): Promise<unknown>;
}

/** What of a request says where its answer may be kept; nothing of it has been held to a schema yet. */
export type Keepable = Pick<Asked<unknown, unknown, unknown>, "params" | "house" | "caller">;

/** The place of one answer. */
export interface Keeping {
  readonly found: Written | null;
  /** The present, as answers say it. */
  readonly now: string;
  keep(written: Written): void;
  /** Makes it once for all who ask meanwhile; null where each must make his own. */
  together(make: () => Promise<Written | null>): Promise<Written | null>;
}

/** A route of the whole server. The answer is held to its schema, so that nothing is sent that the schema does not name. */
export function route<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  A = unknown,
>(
  given: Common<P, Q, B> & {
    readonly handle: (asked: Asked<Of<P>, Of<Q>, Of<B>>) => Promise<A | Text | Redirect | Stream>;
  } & Answers<A>,
): Route {
  return {
    ...given,
    answer: "answer" in given ? given.answer : null,
    text: "text" in given ? given.text : null,
    handle: (asked) => given.handle(asked as Asked<Of<P>, Of<Q>, Of<B>>),
  };
}

type InTenant = { readonly tenant: Tenant };

/** A route below `/t/{tenant}`. Its handler gets the tenant, which is held open for as long as it runs. */
export function tenantRoute<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
  A = unknown,
>(
  given: Common<P, Q, B> & {
    readonly handle: (
      asked: Asked<Of<P>, Of<Q>, Of<B>> & InTenant,
    ) => Promise<A | WrittenItems<A> | Text | Redirect | Stream>;
    /** Whether nothing was changed though the answer is no error: then it is not kept under a key. */
    readonly isRefusal?: (answer: A) => boolean;
  } & Answers<A>,
): Route {
  return {
    ...given,
    path: `/api/v1/t/{tenant}${given.path}`,
    answer: "answer" in given ? given.answer : null,
    text: "text" in given ? given.text : null,
    ...(given.madeOf === undefined ? {} : { keeping: keepingOf(given.madeOf) }),
    handle: async (asked) => {
      const { params, house } = asked as Asked<Record<string, string>, unknown, unknown>;
      return house.within(params.tenant ?? "", (tenant) => {
        const work = () => given.handle({ ...(asked as Asked<Of<P>, Of<Q>, Of<B>>), tenant });
        const { caller, key, body } = asked;
        const isRefusal = given.isRefusal as ((answer: unknown) => boolean) | undefined;
        const about = { tenant, caller, asked: [given.method, given.path, params, body], isRefusal };
        return told(tenant, async () => (key === null ? work() : once({ ...about, key }, work)));
      });
    },
  };
}

/** What comes of a request: where there are several tenants, its commands say which one they are for. */
async function told({ deps }: Tenant, work: () => Promise<unknown>): Promise<unknown> {
  const name = tenantNamed(deps.settings);
  if (name === undefined) return work();
  try {
    const answer = await work();
    return answer instanceof WrittenItems
      ? new WrittenItems(answerOf(answer.head, name), answer.items)
      : answerOf(answer, name);
  } catch (thrown) {
    throw advised(name, thrown);
  }
}

function keepingOf(madeOf: "listing" | "store"): NonNullable<Route["keeping"]> {
  return async ({ params, house, caller }, address) => {
    const tenant = house.current((params as { readonly tenant?: string }).tenant ?? "");
    if (tenant === null || !mayAll(caller.role, "Reader") || !tenant.answers.isAskedAgain(address)) return null;
    // before anything is read, so that a change meanwhile is a change since
    const version = await tenant.version(madeOf);
    if (version === null) return null;
    const now = await tenant.deps.clock.now();
    return {
      found: tenant.answers.find(address, version, now),
      now: formatInstant(now),
      keep: (written) => tenant.answers.keep(address, version, now, written),
      together: (make) => tenant.answers.together(address, version, make),
    };
  };
}

export function isRedirect(answer: unknown): answer is Redirect {
  return typeof answer === "object" && answer !== null && "redirect" in answer;
}

export function isText(answer: unknown): answer is Text {
  return typeof answer === "object" && answer !== null && "type" in answer && "body" in answer;
}
