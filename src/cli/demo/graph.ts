/** The demo's directory as whoever is not Nolapse speaks to it: plain requests to Graph, with its administrator's sign-in. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";

/** Gives the answer's body, empty where there is none. @throws NolapseError `directory-failed`. */
export type Graph = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

export const listOf = <T extends z.ZodType>(one: T) => z.looseObject({ value: z.array(one) });

/**
 * Signs in, for as long as a token lasts.
 * @param environment what the directory tells programs.
 * @param what begins the message of each failure: what could not be done.
 * @throws NolapseError `directory-failed`.
 */
export async function graphOf(
  url: string,
  environment: Readonly<Record<string, string>>,
  what: string,
): Promise<Graph> {
  const { AZURE_TENANT_ID = "", AZURE_CLIENT_ID = "", AZURE_CLIENT_SECRET = "" } = environment;
  const response = await fetch(`${url}/${AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: AZURE_CLIENT_ID,
      client_secret: AZURE_CLIENT_SECRET,
      scope: "https://graph.microsoft.com/.default",
    }),
  });
  const token = z.looseObject({ access_token: z.string() }).safeParse(await response.json());
  if (!token.success) throw failed(what, "its administrator cannot sign in");
  return async (method, path, body) => {
    const answer = await fetch(`${url}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token.data.access_token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw failed(what, `${method} ${path.split("?")[0]} was answered with ${answer.status}`);
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };
}

export function failed(what: string, why: string): NolapseError {
  return new NolapseError("directory-failed", `${what}: ${why}`, {
    next: "nolapse demo --fresh",
  });
}
