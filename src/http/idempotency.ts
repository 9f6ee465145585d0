/**
 * `Idempotency-Key`: a change that is asked for twice under one key is made once, and answered the same both times. Kept for a
 * day and for each caller by himself. A refusal is not kept: it changed nothing, and may be another one the next time.
 */
import { createHash } from "node:crypto";
import { NolapseError } from "../core/errors.ts";
import { DAY, plus } from "../core/time.ts";
import type { Caller } from "./caller.ts";
import type { Tenant } from "./tenant.ts";

/** How long an answer is kept, in the directory's time. */
const KEPT = DAY;

/** A key as the header holds it. @throws NolapseError `usage` for one that is none. */
export function idempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === "string" && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new NolapseError("usage", "the Idempotency-Key is not 1 to 200 visible ASCII characters", {
    next: "send a UUID, a new one for each change",
  });
}

interface Once {
  readonly tenant: Tenant;
  readonly caller: Caller;
  readonly key: string;
  /** Method, path and body of the request. */
  readonly asked: readonly unknown[];
  /** Whether an answer that is no error changed nothing all the same. */
  readonly isRefusal?: ((answer: unknown) => boolean) | undefined;
}

/** Requests in hand, so that a second one waits for the first. */
const inHand = new WeakMap<Tenant, Map<string, Promise<unknown>>>();

/**
 * Runs `work` unless it has been answered under the key, or is just being worked on.
 * @throws NolapseError `usage` where the key was sent with another request.
 */
export async function once<A>({ tenant, caller, key, asked, isRefusal }: Once, work: () => Promise<A>): Promise<A> {
  const digest = createHash("sha256").update(JSON.stringify(asked)).digest("base64url");
  const who = `${caller.kind} ${caller.objectId}`;
  const mine = inHand.get(tenant) ?? new Map<string, Promise<unknown>>();
  inHand.set(tenant, mine);
  const place = JSON.stringify([who, key]);
  for (let first = mine.get(place); first !== undefined; first = mine.get(place)) await first.catch(() => undefined);
  const run = keptOr(tenant, who, key, digest, isRefusal, work);
  mine.set(place, run);
  try {
    return await run;
  } finally {
    mine.delete(place);
  }
}

async function keptOr<A>(
  { deps }: Tenant,
  who: string,
  key: string,
  asked: string,
  isRefusal: Once["isRefusal"],
  work: () => Promise<A>,
): Promise<A> {
  const { store, settings, clock } = deps;
  const before = plus(await clock.now(), -KEPT);
  const kept = await store.keptAnswer(settings.tenantId, who, key);
  if (kept !== null && kept.at >= before) {
    if (kept.asked === asked) return JSON.parse(kept.answer) as A;
    throw new NolapseError("usage", "this Idempotency-Key was sent with another request", {
      next: "send a new key for each change; the same one only to ask for the same change again",
    });
  }
  const answer = await work();
  if (isRefusal?.(answer) === true) return answer;
  const at = await clock.now();
  await store.keepAnswer(settings.tenantId, who, key, { asked, answer: JSON.stringify(answer), at }, plus(at, -KEPT));
  return answer;
}
