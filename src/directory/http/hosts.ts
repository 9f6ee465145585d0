/** Which of Microsoft's services a host name belongs to. Clients that come through the proxy ask each service under its own name. */

export type Face = "login" | "graph" | "management";

const FACES: Readonly<Record<string, Face>> = {
  "login.microsoftonline.com": "login",
  "login.windows.net": "login",
  "login.microsoft.com": "login",
  "sts.windows.net": "login",
  "login.microsoftonline.us": "login",
  "login.partner.microsoftonline.cn": "login",
  "login.chinacloudapi.cn": "login",
  "graph.microsoft.com": "graph",
  "graph.microsoft.us": "graph",
  "microsoftgraph.chinacloudapi.cn": "graph",
  "management.azure.com": "management",
};

/** The names the proxy answers for. */
export const EMULATED_HOSTS: readonly string[] = Object.keys(FACES);

/** The service behind an origin; undefined for the directory's own origin, where the path decides. */
export function faceOf(origin: string): Face | undefined {
  const hostname = URL.parse(origin)?.hostname ?? "";
  return Object.hasOwn(FACES, hostname) ? FACES[hostname] : undefined;
}

/** Whether a resource is the directory itself, an alias of Graph: under its own address only, never under Microsoft's names. */
export function isOwnAddress(resource: string, origin: string, known: ReadonlySet<string>): boolean {
  return known.has(resource) || (resource === origin && faceOf(origin) === undefined);
}

/** Where each service is reached by a client that asked `origin`: under Microsoft's names there, else at the same origin. */
export function endpointsFor(origin: string): Record<Face, string> {
  if (faceOf(origin) === undefined) return { login: origin, graph: origin, management: origin };
  return {
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    management: "https://management.azure.com",
  };
}
