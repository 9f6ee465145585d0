import { LOG_OPTIONS } from "../resources/log-query.ts";
import { listImpacted, listRecommendations, readRecommendation } from "../resources/recommendations.ts";
import { listCredentialActivities, listSignIns, readCredentialActivity } from "../resources/usage-reports.ts";
import type { GraphRoute } from "./graph-route.ts";
import { access } from "./permissions.ts";

const report = { method: "GET", access: access.logs, operation: "read", ownQuery: LOG_OPTIONS, report: true } as const;

const advice = { method: "GET", access: access.recommendations, operation: "read" } as const;

/** What is only in Graph's beta. */
export const betaRoutes: readonly GraphRoute[] = [
  {
    ...report,
    path: "/auditLogs/signIns",
    summary: "Sign-ins of service principals, with the key id that signed in",
    handle: listSignIns,
  },
  {
    ...report,
    path: "/reports/appCredentialSignInActivities",
    summary: "The last use of each credential",
    handle: listCredentialActivities,
  },
  {
    ...report,
    path: "/reports/appCredentialSignInActivities/{id}",
    summary: "The last use of one credential",
    handle: readCredentialActivity,
  },
  {
    ...advice,
    path: "/directory/recommendations",
    summary: "Recommendations about credentials that end within thirty days",
    handle: listRecommendations,
  },
  { ...advice, path: "/directory/recommendations/{id}", summary: "One recommendation", handle: readRecommendation },
  {
    ...advice,
    path: "/directory/recommendations/{id}/impactedResources",
    ownQuery: ["$filter"],
    summary: "The credentials it is about",
    handle: listImpacted,
  },
];
