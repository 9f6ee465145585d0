/** A request as every route sees it, whether it came over a socket or in process. */
export interface Request {
  method: string;
  /** Path and query, as sent. */
  target: string;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
  /** The body as it came, where it may be no text. */
  bytes?: Buffer;
  /** Scheme, host and port the client used; absolute links in answers start with it. */
  origin: string;
  /** Where the client is: the first of `X-Forwarded-For`, with which a test can be anywhere, or the peer's address. */
  address: string;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
}

/** What a fault does to the connection instead of, or after, an answer. */
export type Disturbance = "lost" | "stall" | "reset";

export interface Response {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  /** The body where it is no text; `body` is empty then. */
  bytes?: Buffer;
  disturbance?: Disturbance;
  /** Real milliseconds to hold the answer back. */
  delayMs?: number;
}

export function json(status: number, body: unknown, headers: Record<string, string | string[]> = {}): Response {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** What nothing should ever lead to: a fault of the directory itself, in the form Graph's clients read. */
export function serverFailed(failure: unknown): Response {
  const message = failure instanceof Error ? failure.message : String(failure);
  return json(500, { error: { code: "InternalServerError", message: `The directory failed: ${message}` } });
}
