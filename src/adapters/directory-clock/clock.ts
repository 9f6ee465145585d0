/** Domain time from an embedded directory: whoever tests a tenant there moves its clock, and Nolapse moves with it. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { type EpochMs, parseInstant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

export interface DirectoryClockOptions {
  /** Origin of the directory (`NOLAPSE_DIRECTORY_URL`). */
  readonly url: string;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Process time in milliseconds. */
  readonly processNow: () => number;
}

const READING = z.object({ now: z.string(), version: z.number(), frozen: z.boolean() });

interface Reading {
  readonly now: EpochMs;
  readonly version: number;
  readonly frozen: boolean;
}

/** A clock that asks the directory. Waiting is a long poll, so that a moved clock wakes it at once. */
export function createDirectoryClock(options: DirectoryClockOptions): Clock {
  const read = (query = "", signal?: AbortSignal) => readClock(options, query, signal);
  return {
    now: async (signal) => (await read("", signal)).now,
    frozen: async (signal) => (await read("", signal)).frozen,
    processNow: options.processNow,
    async wait(until, atMost, signal) {
      try {
        const { now, version, frozen } = await read("", signal);
        const left = Math.min(frozen ? atMost : until - now, atMost);
        if (until <= now || left <= 0 || signal?.aborted === true) return;
        await read(`?after=${version}&timeoutMs=${Math.ceil(left)}`, signal);
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}

/** The system error code of a failed fetch, which hides it in its cause; empty when there is none. */
function systemCode(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : null;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

async function readClock(options: DirectoryClockOptions, query: string, signal?: AbortSignal): Promise<Reading> {
  const url = `${options.url}/_directory/clock${query}`;
  const next = "check NOLAPSE_DIRECTORY_URL, and that nolapse directory is running";
  let answer: unknown;
  try {
    const response = await options.fetch(url, signal === undefined ? {} : { signal: signal as globalThis.AbortSignal });
    answer = await response.json();
  } catch (cause) {
    const code = systemCode(cause);
    if (/CERT|SIGNATURE|SELF_SIGNED|ALTNAME/.test(code)) {
      throw new NolapseError("certificate-untrusted", `the directory at ${options.url} is not trusted (${code})`, {
        cause,
        next: "set NODE_EXTRA_CA_CERTS to the CA file of the directory (its --env-file names it), and start again",
      });
    }
    throw new NolapseError("clock-unavailable", `the clock of the directory at ${options.url} does not answer`, {
      cause,
      next,
    });
  }
  const parsed = READING.safeParse(answer);
  const now = parsed.success ? parseInstant(parsed.data.now) : null;
  if (!parsed.success || now === null) {
    throw new NolapseError("clock-unavailable", `${url} does not answer with a clock`, { next });
  }
  return { now, version: parsed.data.version, frozen: parsed.data.frozen };
}
