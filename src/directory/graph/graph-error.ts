/** One failure of Microsoft Graph: reference graph-applications §2.3. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: { code: string; message: string; target: string }[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { details?: { code: string; message: string; target: string }[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details;
    this.headers = more.headers ?? {};
  }
}

export const badRequest = (message: string) => new GraphError(400, "Request_BadRequest", message);

export const unsupportedQuery = (message: string) => new GraphError(400, "Request_UnsupportedQuery", message);

export const notFound = (id: string) =>
  new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const denied = () =>
  new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

export const unauthenticated = (message: string) =>
  new GraphError(401, "InvalidAuthenticationToken", message, {
    headers: {
      "WWW-Authenticate":
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    },
  });

export const invalidBody = () =>
  new GraphError(
    400,
    "BadRequest",
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
  );

const TWIN = "Request_MultipleObjectsWithSameKeyValue";

export const uniqueNameInUse = () =>
  new GraphError(400, TWIN, "Another object with the same value for property uniqueName already exists.");

export const principalNameInUse = (name: string) =>
  new GraphError(
    409,
    TWIN,
    `The service principal cannot be created, updated, or restored because the service principal name ${name} is already in use.`,
  );

/** Two writes to one object at once; Graph answers it in three ways, of which one is a plain bad request. */
export const concurrencyViolation = (status: number) =>
  new GraphError(
    status,
    "Directory_ConcurrencyViolation",
    "The operation could not be completed because of a concurrency violation. Please retry your request.",
  );

/** Our own answer for what the real Graph does and this directory does not yet: docs/directory-coverage.md. */
export const notEmulated = (what: string) =>
  new GraphError(501, "Directory_NotEmulated", `${what} is not emulated by the Nolapse directory.`);

/** The body of an error answer. `innerError.date` has no zone designator. */
export function graphErrorBody(failure: GraphError, now: number, requestId: string, clientRequestId: string): unknown {
  return {
    error: {
      code: failure.code,
      message: failure.message,
      ...(failure.details === undefined ? {} : { details: failure.details }),
      innerError: {
        date: new Date(now).toISOString().slice(0, 19),
        "request-id": requestId,
        "client-request-id": clientRequestId,
      },
    },
  };
}
