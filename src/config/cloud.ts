/** Where a tenant signs in and where its Graph is: by its entry, else by the environment, else the public cloud. */
import type { ConfigFile } from "./schema.ts";

const CLOUDS = {
  public: { authorityHost: "https://login.microsoftonline.com", graphEndpoint: "https://graph.microsoft.com" },
  usgov: { authorityHost: "https://login.microsoftonline.us", graphEndpoint: "https://graph.microsoft.us" },
  china: { authorityHost: "https://login.chinacloudapi.cn", graphEndpoint: "https://microsoftgraph.chinacloudapi.cn" },
} as const;

/** The variables of the environment that name a cloud. */
interface CloudVariables {
  readonly AZURE_AUTHORITY_HOST?: string | undefined;
  readonly NOLAPSE_GRAPH_ENDPOINT?: string | undefined;
}

/** Graph in the national clouds (learn.microsoft.com/graph/deployments); what is in beta alone is mostly not there. */
const NATIONAL: ReadonlySet<string> = new Set([
  CLOUDS.usgov.graphEndpoint,
  "https://dod-graph.microsoft.us",
  CLOUDS.china.graphEndpoint,
]);

/** Whether a Graph of this address has no report of when each credential was last used, as in every national cloud. */
export function lacksLastUses(graphEndpoint: string): boolean {
  return NATIONAL.has(graphEndpoint.toLowerCase());
}

type CloudEntry = ConfigFile["tenants"][string]["cloud"];

/** The cloud the file names; else the one of the environment (a directory, a sovereign cloud); else the public one. */
export function cloudOf(cloud: CloudEntry, env: CloudVariables): { authorityHost: string; graphEndpoint: string } {
  if (typeof cloud === "object") {
    return { authorityHost: trim(cloud.authorityHost), graphEndpoint: trim(cloud.graphEndpoint) };
  }
  if (cloud !== undefined) return CLOUDS[cloud];
  return {
    authorityHost: trim(env.AZURE_AUTHORITY_HOST || CLOUDS.public.authorityHost),
    graphEndpoint: trim(env.NOLAPSE_GRAPH_ENDPOINT || CLOUDS.public.graphEndpoint),
  };
}

function trim(origin: string): string {
  return origin.replace(/\/+$/, "");
}
