/** Which part of the directory answers a request: by the host name under Microsoft's own names, else by the path. */

import { answerControl } from "../control/control.ts";
import { answerBatch, isBatch } from "../graph/batch.ts";
import { betaRoutes } from "../graph/beta-routes.ts";
import { answerGraph } from "../graph/graph.ts";
import { GraphError, graphErrorBody, notEmulated } from "../graph/graph-error.ts";
import { graphRoutes } from "../graph/graph-routes.ts";
import { policyRoutes } from "../graph/policy-routes.ts";
import type { Services } from "../services.ts";
import { answerAuthority } from "../sign-in/authority-routes.ts";
import { answerManagement } from "../sign-in/management-routes.ts";
import { answerUserinfo, USERINFO } from "../sign-in/userinfo.ts";
import { faceOf } from "./hosts.ts";
import { json, type Request, type Response } from "./message.ts";

/** Everything below `/v1.0`. */
export const v1Routes = [...graphRoutes, ...policyRoutes];

export async function answerAt(services: Services, asked: Request): Promise<Response> {
  // two slashes would make a host name of what follows, wherever the target is read as an address
  // (a copy only where it is needed: it would make the signal that few requests ever look at)
  const request = /^\/(?!\/)/.test(asked.target) ? asked : { ...asked, target: asked.target.replace(/^\/*/, "/") };
  const path = request.target.split("?")[0] ?? "";
  const face = faceOf(request.origin);
  const opens = (door: typeof face) => face === undefined || face === door;
  // the control plane is nothing of Microsoft's, so it has no door under their names
  if (face === undefined && path.startsWith("/_directory/")) return await answerControl(services, request);
  if (opens("graph")) {
    if (isBatch(request, "v1.0")) return await answerBatch(services, request, "v1.0", v1Routes);
    if (isBatch(request, "beta")) return await answerBatch(services, request, "beta", betaRoutes);
    if (path === USERINFO.path) return await answerUserinfo(services, request);
    if (path.startsWith("/v1.0/")) return await answerGraph(services, request, v1Routes);
    if (path.startsWith("/beta/")) return await answerGraph(services, request, betaRoutes);
  }
  const answer =
    (opens("management") ? await answerManagement(services, request) : undefined) ??
    (opens("login") ? await answerAuthority(services, request) : undefined);
  return (
    answer ??
    refused(services, request, face === "graph" ? invalidVersion(path) : notEmulated(`${request.method} ${path}`))
  );
}

/** As Graph words it for a first segment that is no version. */
const invalidVersion = (path: string) =>
  new GraphError(400, "BadRequest", `Invalid version: ${path.split("/")[1] ?? ""}`);

function refused(services: Services, request: Request, failure: GraphError): Response {
  const id = services.noise.guid();
  const clientId = request.headers["client-request-id"] ?? id;
  return json(failure.status, graphErrorBody(failure, services.clock.now(), id, clientId));
}
