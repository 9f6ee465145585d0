/** Who may what: every route of the table × everybody, so that a new route cannot be forgotten. `npm run matrix` prints it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COLUMNS, measure, promised, TABLE } from "./matrix.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
let measured: Awaited<ReturnType<typeof measure>>;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  measured = await measure(stage);
});
afterAll(() => stage.close());

test("nothing is open but health, sign-in and the OpenAPI document", () => {
  const open = TABLE.filter(({ role }) => role === "anonymous").map(({ path }) => path);
  expect(open).toEqual(["/healthz", "/readyz", "/api/v1/openapi.json", "/auth/sign-in", "/auth/callback"]);
});

test("the server has no route that the table does not name", async () => {
  const { paths } = (await stage.ask("/api/v1/openapi.json")).body;
  const named = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((one) => `${one.toUpperCase()} ${path}`),
  );
  expect(new Set(named)).toEqual(new Set(TABLE.map(({ method, path }) => `${method} ${path}`)));
  for (const path of ["/api/v1/t/contoso/nothing", "/.env", "/api/v1/", "/api/v1/demo", "/demo/x"])
    expect((await stage.ask(path)).status).toBe(404);
});

describe.each(TABLE.map((route) => [`${route.method} ${route.path}`, route] as const))("%s", (_name, route) => {
  test.for(COLUMNS)("%s", (column, { task }) => {
    const status = measured.get(route)?.get(column) ?? 0;
    task.meta.status = status;
    const wanted = promised(route, column);
    // the callback refuses whoever did not begin, which is no question of roles
    if (route.path === "/auth/callback") expect(status).toBe(401);
    // there is no session, shown secret or request to see a value of the name that is asked for
    else if (wanted === "in" && /\{handle\}|\/(shown-secrets|reveal-requests)\/\{id\}/.test(route.path))
      expect(status).toBe(404);
    else if (wanted === "in") expect([401, 403, 404, 500, 502]).not.toContain(status);
    else expect(status).toBe(wanted);
  });
});

test("an Owner sees nothing of what is not his, not even that it is there", async () => {
  const oswin = await stage.signIn("Oswin");
  const theirs = stage.application("app-2").objectId;
  const nobodys = "00000000-0000-4000-8000-000000000000";
  for (const rest of ["", "/checks", "/life-line", "/consent"]) {
    expect(
      (await oswin.get(`/api/v1/t/contoso/applications/${stage.application("app-1").objectId}${rest}`)).status,
    ).toBe(200);
    const [one, other] = [theirs, nobodys].map((id) => oswin.get(`/api/v1/t/contoso/applications/${id}${rest}`));
    const [a, b] = [(await one)?.body, (await other)?.body];
    expect(a).toEqual({ ...b, detail: b.detail.replace(nobodys, theirs) });
    expect(a.status).toBe(404);
  }
  expect(
    (await oswin.get("/api/v1/t/contoso/mine")).body.items.map(
      ({ displayName }: { displayName: string }) => displayName,
    ),
  ).toEqual(["app-1"]);
});

test("a tenant that is not in the configuration is nobody's", async () => {
  const ann = await stage.signIn("Ann");
  for (const name of ["fabrikam", "__proto__", "..", "contoso%2f..", "%00"]) {
    expect([404, 400], name).toContain((await ann.get(`/api/v1/t/${name}/overview`)).status);
  }
});
