/**
 * The closed list of error codes, and the one error class. A code decides the exit code and how the engine treats the
 * failure; `docs/errors.md` lists exactly these codes (a test compares both ways). Never decide from a message.
 */

/** How the engine takes a failure: try again later, wait for a person, or stop this run. */
export type Handling = "retry" | "person" | "stop";

interface ErrorKind {
  /** Exit code of the command line (design §6). */
  readonly exit: 1 | 2 | 4 | 5 | 6;
  readonly handling: Handling;
  /** One line for docs/errors.md: what it means. */
  readonly meaning: string;
}

export const ERRORS = {
  unexpected: { exit: 1, handling: "retry", meaning: "A fault in Nolapse itself" },
  usage: { exit: 2, handling: "person", meaning: "The command line cannot be understood" },
  "config-not-found": {
    exit: 2,
    handling: "person",
    meaning: "The configuration file does not exist or cannot be read",
  },
  "config-invalid": { exit: 2, handling: "person", meaning: "The configuration has an unknown or wrong entry" },
  "config-reference": { exit: 2, handling: "person", meaning: "A referenced variable or file has no value" },
  "credentials-missing": { exit: 2, handling: "person", meaning: "No way to sign in to the tenant is configured" },
  "not-found": {
    exit: 2,
    handling: "person",
    meaning: "The named application, credential, rotation or target is not known",
  },
  incomplete: { exit: 4, handling: "retry", meaning: "Some part could not be read or done" },
  "refused-by-guard": { exit: 5, handling: "person", meaning: "A safety rule forbids the removal" },
  "refused-by-mode": { exit: 5, handling: "person", meaning: "The tenant's mode does not allow writing" },
  "refused-by-stop": { exit: 5, handling: "person", meaning: "Nolapse has been told to stop" },
  "refused-by-rule": { exit: 5, handling: "person", meaning: "A safety rule forbids the setting or the command" },
  "tenant-not-found": { exit: 6, handling: "person", meaning: "The login authority does not know the tenant" },
  "sign-in-failed": { exit: 6, handling: "person", meaning: "Nolapse's own sign-in was refused" },
  "directory-unreachable": { exit: 6, handling: "retry", meaning: "The directory or login authority does not answer" },
  "certificate-untrusted": { exit: 6, handling: "person", meaning: "The server's TLS certificate is not trusted" },
  "directory-forbidden": { exit: 6, handling: "person", meaning: "A permission in the directory is missing" },
  "directory-unlicensed": { exit: 6, handling: "person", meaning: "The tenant has no licence for what was asked" },
  "directory-unoffered": { exit: 6, handling: "person", meaning: "This cloud does not offer what was asked" },
  "directory-absent": { exit: 6, handling: "retry", meaning: "The object is not in the directory" },
  "directory-throttled": { exit: 6, handling: "retry", meaning: "The directory asks to slow down" },
  "directory-refused": { exit: 6, handling: "retry", meaning: "The directory refused the request" },
  "directory-failed": { exit: 6, handling: "retry", meaning: "The directory failed, or its answer cannot be read" },
  "policy-refused": {
    exit: 6,
    handling: "person",
    meaning: "The tenant's app management policy forbids the credential",
  },
  "issuer-failed": { exit: 6, handling: "retry", meaning: "The issuer of certificates failed or did not answer" },
  "issuer-refused": { exit: 6, handling: "person", meaning: "The issuer of certificates will not make this one" },
  "target-absent": { exit: 6, handling: "retry", meaning: "The place to deliver to does not exist" },
  "target-empty": { exit: 6, handling: "retry", meaning: "The place to deliver to holds no value that anybody reads" },
  "target-foreign": {
    exit: 6,
    handling: "retry",
    meaning: "What the place to deliver to holds is not this application's secret",
  },
  "target-forbidden": { exit: 6, handling: "retry", meaning: "The place to deliver to cannot be read or written" },
  "target-unreachable": { exit: 6, handling: "retry", meaning: "The place to deliver to does not answer" },
  "target-failed": { exit: 6, handling: "retry", meaning: "The place to deliver to failed or lost the write" },
  "notify-failed": { exit: 6, handling: "retry", meaning: "A recipient of notices could not be told" },
  "disk-full": { exit: 6, handling: "retry", meaning: "No space is left on the disk" },
  "store-unavailable": { exit: 6, handling: "stop", meaning: "The store cannot be opened" },
  "store-busy": { exit: 6, handling: "retry", meaning: "Another process kept the store locked for too long" },
  "store-newer": { exit: 2, handling: "stop", meaning: "The store was written by a newer Nolapse" },
  "store-failed": { exit: 6, handling: "stop", meaning: "The store could not be read or written" },
  "lease-lost": { exit: 4, handling: "retry", meaning: "Another process has taken the rotation over" },
  "seal-key-missing": { exit: 2, handling: "stop", meaning: "The key that opens sealed values does not exist" },
  "seal-key-wrong": { exit: 2, handling: "stop", meaning: "The value was sealed with another key, or altered" },
  "seal-key-forbidden": { exit: 6, handling: "retry", meaning: "The key that opens sealed values may not be used" },
  "seal-key-unreachable": {
    exit: 6,
    handling: "retry",
    meaning: "The vault that keeps the seal key does not answer, or failed",
  },
  "not-signed-in": {
    exit: 6,
    handling: "person",
    meaning: "Nobody is signed in to the server, or the sign-in is over",
  },
  "role-missing": {
    exit: 6,
    handling: "person",
    meaning: "The signed-in identity does not have the role that it takes",
  },
  "own-rights-missing": {
    exit: 6,
    handling: "person",
    meaning: "It is done with the person's own rights in Entra ID, which were not lent to the server",
  },
  "request-refused": { exit: 2, handling: "person", meaning: "The server does not take the request as it was sent" },
  "too-many-requests": { exit: 6, handling: "retry", meaning: "The server was asked more often than it answers" },
  "clock-unavailable": { exit: 6, handling: "stop", meaning: "The directory's clock cannot be read" },
  "port-unavailable": { exit: 6, handling: "person", meaning: "The port cannot be listened on" },
} as const satisfies Record<string, ErrorKind>;

export type NolapseErrorCode = keyof typeof ERRORS;

/**
 * A failure with a code. `message` says what happened and why, in lower case and without a full stop; `next` is what to
 * type or do next. Neither ever holds a value.
 */
export class NolapseError extends Error {
  readonly code: NolapseErrorCode;
  readonly next: string | null;
  /** How long the service asked to wait, milliseconds. */
  readonly retryAfter: number | null;

  constructor(
    code: NolapseErrorCode,
    message: string,
    options: { next?: string; cause?: unknown; retryAfter?: number | null } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "NolapseError";
    this.code = code;
    this.next = options.next ?? null;
    this.retryAfter = options.retryAfter ?? null;
  }
}

/** Any thrown thing as a NolapseError; what is not one becomes `unexpected`, its cause kept. */
export function asNolapseError(thrown: unknown): NolapseError {
  if (thrown instanceof NolapseError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NolapseError("unexpected", message, { cause: thrown });
}

/** What was thrown before it became this error: of a fault the log needs the place where it came about. */
export function asThrown(error: NolapseError): Error {
  return error.code === "unexpected" && error.cause instanceof Error ? error.cause : error;
}
