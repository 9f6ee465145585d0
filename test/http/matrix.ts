/** Every route of the table × everybody who might ask, as the running server answers. */
import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { mayAll, type Role } from "../../src/http/roles.ts";
import type { Route } from "../../src/http/route.ts";
import { declaredRoutes } from "../../src/http/routes/all.ts";
import type { Stage, Visitor } from "./stage.ts";

/** The same table that the server has. */
export const TABLE: readonly Route[] = declaredRoutes();

export const COLUMNS = [
  "anonymous",
  "Owner",
  "Reader",
  "Operator",
  "Admin",
  "program (Operator)",
  "program (no role)",
  "wrong tenant",
  "expired token",
  "forged token",
] as const;

export type Column = (typeof COLUMNS)[number];

/** What the declaration of a route promises: let in, or the status of the refusal. */
export function promised({ role, person }: Route, column: Column): "in" | 401 | 403 {
  if (role === "anonymous") return "in";
  switch (column) {
    case "anonymous":
    case "wrong tenant":
    case "expired token":
    case "forged token":
      return 401;
    case "program (no role)":
      return 403;
    case "program (Operator)":
      return person || !mayAll("Operator", role) ? 403 : "in";
    default:
      return mayAll(column satisfies Role, role) ? "in" : 403;
  }
}

/** Headers of each who asks. Moves the directory's clock, so that a token expires. */
export async function everybody(stage: Stage): Promise<ReadonlyMap<Column, Record<string, string>>> {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const browser = ({ cookie, csrf }: Visitor) => ({ cookie, "x-csrf-token": csrf });
  const expired = await stage.token("robot");
  stage.directory.clock.advance(3 * 3_600_000);
  return new Map<Column, Record<string, string>>([
    ["anonymous", {}],
    ["Owner", browser(await stage.signIn("Oswin"))],
    ["Reader", browser(await stage.signIn("Rita"))],
    ["Operator", browser(await stage.signIn("Otto"))],
    ["Admin", browser(await stage.signIn("Ann"))],
    ["program (Operator)", bearer(await stage.token("robot"))],
    ["program (no role)", bearer(await stage.token("stranger"))],
    ["wrong tenant", bearer(await stage.token("outsider", stage.otherTenant))],
    ["expired token", bearer(expired)],
    ["forged token", bearer(await forged(await stage.token("reader-robot")))],
  ]);
}

/** A token with the name of the authority's key, a higher role, and another signature. */
async function forged(token: string): Promise<string> {
  const [head = "", payload = ""] = token.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return new SignJWT({ ...read(payload), roles: ["Admin"] }).setProtectedHeader(read(head)).sign(privateKey);
}

/** The status each gets from each route. Whoever may sign out does so last of all. */
export async function measure(stage: Stage): Promise<ReadonlyMap<Route, ReadonlyMap<Column, number>>> {
  const all = await everybody(stage);
  const rotation = await stage.rotationOf("app-1");
  const rehearsal = await rehearsed(stage, all.get("Operator") ?? {});
  const { state } = stage.directory;
  const held = state().applications.find(({ entity }) => entity.id === stage.application("app-1").objectId)?.entity;
  const [{ keyId } = { keyId: "" }] = (held?.passwordCredentials ?? []) as { keyId: string }[];
  const values: Record<string, string> = { tenant: "contoso", handle: "none", id: "", keyId };
  const last = (one: Route) => Number(one.path === "/auth/sign-out");
  const found = new Map<Route, Map<Column, number>>(TABLE.map((one) => [one, new Map()]));
  for (const route of TABLE.toSorted((a, b) => last(a) - last(b))) {
    const kind = /\/(rotations|rehearsals|applications)\//.exec(route.path)?.[1] ?? "applications";
    values.id =
      { rotations: rotation, rehearsals: rehearsal, applications: stage.application("app-1").objectId }[kind] ?? "";
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
    for (const column of COLUMNS)
      found.get(route)?.set(column, await statusOf(stage, route.method, path, all.get(column) ?? {}));
  }
  return found;
}

/** The id of a rehearsal that was asked for. */
async function rehearsed(stage: Stage, headers: Record<string, string>): Promise<string> {
  const response = await fetch(new URL("/api/v1/t/contoso/rehearsals", stage.server.url), {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ days: 1 }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function statusOf(stage: Stage, method: string, path: string, headers: Record<string, string>): Promise<number> {
  const sent =
    method === "POST" ? { body: "{}", headers: { ...headers, "content-type": "application/json" } } : { headers };
  const response = await fetch(new URL(path, stage.server.url), { method, redirect: "manual", ...sent });
  // a stream goes on for ever
  await response.body?.cancel();
  return response.status;
}
