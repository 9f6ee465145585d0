/** A request to Graph as its handlers get it, and the answer they give. */
import type { Request } from "../http/message.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";
import type { Query } from "./odata.ts";
import type { Key } from "./routing.ts";

/** Who an access token stands for: an application's service principal, or a user who signed in to one. */
export interface Caller {
  tenantId: string;
  appId: string;
  /** The service principal's, or the user's. */
  objectId: string;
  /** Application permissions, or the scopes of a delegated token. */
  roles: Set<string>;
  user?: ObjectRecord;
}

/** Everything a Graph handler works with: the route has been matched, the caller checked, the query and body read. */
export interface GraphCall {
  services: Services;
  request: Request;
  caller: Caller;
  keys: Key[];
  /** The object the path names, where the route has a target. */
  record: ObjectRecord | undefined;
  query: Query;
  body: Record<string, unknown>;
  /** The caller holds only Application.ReadWrite.OwnedBy. */
  onlyOwned: boolean;
  /** Directory time, epoch milliseconds. */
  now: number;
}

export interface GraphAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Only where the body is not JSON. */
  contentType?: string;
}
