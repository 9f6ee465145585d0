/** Asks the server, typed by its OpenAPI document. What it refuses is an {@link ApiProblem}; that it did not answer is one too. */
import { takeEarly } from "./early.ts";
import type { Api, Problem } from "./schema.ts";

export type Route = keyof Api;
export type GetRoute = Extract<Route, `GET ${string}`>;
export type ChangeRoute = Exclude<Route, GetRoute>;
export type Answer<R extends Route> = Api[R]["answer"];
export type Params<R extends Route> = Api[R]["params"];
export type Query<R extends Route> = Api[R]["query"];
export type Body<R extends Route> = Api[R]["body"];

/**
 * Whether it is not known if anything was written to the directory: nobody has answered, and the same may be sent again ("repeat"), or
 * something broke, and it may not: Nolapse itself finds out by its mark ("wait"), or a person has to look ("look").
 */
export type Doubt = "repeat" | "wait" | "look" | null;

/** A refusal in the server's own words; `status` 0 where there was no answer at all. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: Problem["code"] | "no-answer";
  readonly next: string | null;
  readonly request: string | null;
  readonly doubt: Doubt;

  constructor(
    status: number,
    problem: Pick<Problem, "detail" | "next" | "id"> & { code: ApiProblem["code"] },
    doubt: Doubt = null,
  ) {
    super(problem.detail);
    this.doubt = doubt;
    this.status = status;
    this.code = problem.code;
    this.next = problem.next;
    this.request = problem.id ?? null;
  }
}

/** Hears that the session is over, whatever was asked. */
export const sessionOver = new EventTarget();

/** Kept here alone, and sent with every change: another site cannot read it. */
let csrf: string | null = null;

export function keepToken(token: string | null): void {
  csrf = token;
}

export interface Asking<R extends Route> {
  readonly params: Params<R>;
  readonly query?: Query<R>;
}

export interface Changing<R extends Route> extends Asking<R> {
  readonly body?: Body<R>;
  /** Sent twice under one key it is made once. */
  readonly key?: string;
}

/** Their answers hold a value, which the server keeps nowhere: it takes no key for them. */
const REVEALS: readonly ChangeRoute[] = [
  "POST /api/v1/t/{tenant}/applications/{id}/shown-secrets",
  "POST /api/v1/t/{tenant}/shown-secrets/{id}/show",
  "POST /api/v1/t/{tenant}/rotations/{id}/deliver",
  "POST /api/v1/t/{tenant}/rotations/{id}/reveal",
  "POST /api/v1/t/{tenant}/reveal-requests/{id}/show",
];
/** They only look: an answer that was kept would be an old one, and looking twice does no harm. */
const LOOKS: readonly ChangeRoute[] = [
  "POST /api/v1/t/{tenant}/applications/chosen",
  "POST /api/v1/t/{tenant}/applications/rotate/check",
  "POST /api/v1/t/{tenant}/applications/{id}/rotate/preflight",
  "POST /api/v1/t/{tenant}/applications/{id}/certificates/check",
  "POST /api/v1/t/{tenant}/scan",
  "POST /api/v1/t/{tenant}/targets/preflight",
];
const OF_TENANT = "POST /api/v1/t/";
/** These write to the directory, or let it be written to. */
const WRITES =
  /^POST \/api\/v1\/t\/\{tenant\}\/(applications|approvals|rotations\/\{id\}\/(approve|cancel|try)$|shown-secrets\/\{id\}\/drop$)/;

/** Of these, what opens a rotation or makes a secret: both bear a mark, by which the next look finds them. */
const MARKED = /\/(rotate|shown-secrets|secrets)$/;

/** Whether the server makes it once under a key, however often it is sent. */
export function takesKey(route: ChangeRoute): boolean {
  return route.startsWith(OF_TENANT) && !REVEALS.includes(route) && !LOOKS.includes(route);
}

/** With 503 nothing has begun. */
function doubtOf(route: Route, status: number): Doubt {
  const broke = status === 0 || (status >= 500 && status !== 503);
  if (!broke || !WRITES.test(route) || LOOKS.includes(route as ChangeRoute)) return null;
  if (status === 0 && takesKey(route as ChangeRoute)) return "repeat";
  return MARKED.test(route) ? "wait" : "look";
}

/** The address of a route. */
export function addressOf<R extends Route>(route: R, { params, query }: Asking<R>): string {
  const path = route.slice(route.indexOf(" ") + 1).replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = (params as Readonly<Record<string, string>>)[name] ?? "";
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

/** @throws ApiProblem. */
export function read<R extends GetRoute>(route: R, asking: Asking<R>, signal?: AbortSignal): Promise<Answer<R>> {
  return send(route, addressOf(route, asking), signal === undefined ? {} : { signal });
}

/** @throws ApiProblem. */
export function change<R extends ChangeRoute>(route: R, asking: Changing<R>): Promise<Answer<R>> {
  const { key } = asking;
  return send(route, addressOf(route, asking), {
    method: route.slice(0, route.indexOf(" ")),
    headers: {
      "content-type": "application/json",
      ...(csrf === null ? {} : { "x-csrf-token": csrf }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    },
    body: JSON.stringify(asking.body ?? {}),
  });
}

async function send<R extends Route>(route: R, address: string, init: RequestInit): Promise<Answer<R>> {
  const early = init.method === undefined ? takeEarly(address) : null;
  const response = await (early ?? fetch(address, init)).catch((thrown: unknown) => {
    if (init.signal?.aborted) throw thrown;
    throw new ApiProblem(
      0,
      { code: "no-answer", detail: "The server does not answer.", next: null },
      doubtOf(route, 0),
    );
  });
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  if (response.ok) return (isJson ? await response.json() : await response.text()) as Answer<R>;
  const { status, statusText } = response;
  if (status === 401) sessionOver.dispatchEvent(new Event("over"));
  const problem = isJson ? ((await response.json()) as Problem) : null;
  const said = problem ?? { code: "unexpected" as const, detail: statusText, next: null };
  throw new ApiProblem(status, said, doubtOf(route, status));
}
