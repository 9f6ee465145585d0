/** Errors as problem details (RFC 9457), with the command line's codes. What is not ours is opaque: an id, and the log has the rest. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ERRORS, NolapseError, type NolapseErrorCode } from "../core/errors.ts";

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: "urn:nolapse:problem:CODE" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERRORS) as [NolapseErrorCode, ...NolapseErrorCode[]]),
    next: z.string().nullable().meta({ description: "what to do or type next" }),
    id: z.string().optional().meta({ description: "the request, to find it in the log" }),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" });

export type Problem = z.infer<typeof problemSchema>;

/** A part of the request that its schema does not take. Names the place, never what stood there. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The request does not fit its route's schema. */
export class UnfitRequest extends NolapseError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super("usage", `the request does not fit: ${faults.map(({ path, message }) => `${path}: ${message}`).join("; ")}`, {
      next: "GET /api/v1/openapi.json says what each route takes",
    });
    this.faults = faults;
  }
}

const STATUS: Partial<Record<NolapseErrorCode, number>> = {
  usage: 400,
  "request-refused": 403,
  "not-signed-in": 401,
  "role-missing": 403,
  "own-rights-missing": 403,
  "not-found": 404,
  "directory-absent": 404,
  "too-many-requests": 429,
  "refused-by-guard": 409,
  "refused-by-mode": 409,
  "refused-by-stop": 409,
  "refused-by-rule": 409,
  "store-busy": 409,
  "lease-lost": 409,
  "policy-refused": 409,
  "directory-throttled": 503,
  incomplete: 503,
  "store-unavailable": 503,
  "clock-unavailable": 503,
  "config-not-found": 503,
};

/** A problem with the status it is sent with. `status` overrules, where HTTP has a better word than the code has. */
export function problemOf(thrown: unknown, status?: number): Problem {
  if (thrown instanceof NolapseError && thrown.code !== "unexpected") {
    const { code, message, next } = thrown;
    return {
      type: `urn:nolapse:problem:${code}`,
      title: ERRORS[code].meaning,
      status: status ?? STATUS[code] ?? (ERRORS[code].exit === 6 ? 502 : 500),
      detail: message,
      code,
      next,
      ...(thrown instanceof UnfitRequest ? { errors: thrown.faults.map((one) => ({ ...one })) } : {}),
    };
  }
  return {
    type: "urn:nolapse:problem:unexpected",
    title: ERRORS.unexpected.meaning,
    status: 500,
    detail: "something unexpected happened; the server's log has the details",
    code: "unexpected",
    next: "try again; if it stays, report the id",
    id: randomUUID(),
  };
}
