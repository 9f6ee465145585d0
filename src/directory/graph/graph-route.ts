import type { Operation } from "../faults/faults.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import type { Option } from "./odata.ts";
import type { Access } from "./permissions.ts";

/** One row of the table of what this directory answers of Graph v1.0; docs/directory-coverage.md is made from it. */
export interface GraphRoute {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  summary: string;
  access: Access;
  /** What fault rules call it. */
  operation: Operation;
  /** The collection `{…}` in the path is looked up in. */
  target?: "applications" | "servicePrincipals" | "users";
  /** Creates what an alternate key names and is not there, if the request prefers so. */
  upsert?: true;
  /** About the signed-in user, so not for applications on their own. */
  me?: true;
  /** The type query options are checked against. */
  entity?: string;
  options?: readonly Option[];
  /** Resource units before the query's part (reference limits §2); 1 where nothing is said. */
  units?: 1 | 2;
  /** Of the audit and sign-in reports, which have a limit of their own. */
  report?: true;
  /** The options the handler reads itself. */
  ownQuery?: readonly string[];
  body?: "required" | "optional";
  handle(call: GraphCall): GraphAnswer | Promise<GraphAnswer>;
}

/** The two kinds of objects that hold credentials. */
export type ObjectKind = "applications" | "servicePrincipals";
