/** One credential: what the books know of it, and what the directory's logs say where somebody asks; what may not be read is not empty. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { adminCenterOf } from "../../src/http/routes/applications.ts";
import { signIn } from "../directory/entra.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
const of = (name: string) => `${T}/applications/${stage.application(name).objectId}`;

beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

/** The key ids of an application, by whose they are. */
async function keysOf(name: string): Promise<{ ours: string; theirs: string }> {
  const { rows } = (await rita.get(`${of(name)}/life-line`)).body;
  const key = (wanted: boolean) =>
    rows.find(({ origin }: { origin: string }) => (origin === "ours") === wanted)?.keyId ?? "none";
  return { ours: key(true), theirs: key(false) };
}

test("what somebody adds without Nolapse is told with who did it, once a scan has noticed", async () => {
  const { objectId } = stage.application("app-2");
  const added = await stage.graph("POST", `/applications/${objectId}/addPassword`, {
    passwordCredential: { displayName: "by hand, at night" },
  });
  stage.directory.clock.advance(3_600_000);
  await stage.run();
  const { body } = await rita.get(`${of("app-2")}/credentials/${added.body.keyId}`);
  expect(body).toMatchObject({ origin: "foreign", made: { how: "elsewhere", at: expect.any(String) } });
  expect(body.made.by).toContain("Nolapse");
});

test("one that a rotation made says so, with its proofs; the one before, by which it is replaced", async () => {
  const rotation = await stage.rotationOf("app-1");
  await stage.until(rotation, "verified");
  const { ours, theirs } = await keysOf("app-1");
  const made = (await rita.get(`${of("app-1")}/credentials/${ours}`)).body;
  expect(made).toMatchObject({
    keyId: ours,
    kind: "secret",
    owner: "application",
    origin: "ours",
    current: true,
    class: "issued-by-nolapse",
    whatItIs: expect.any(String),
    made: { how: "rotation", by: "Nolapse", at: null },
    issuedBy: { id: rotation, state: "verified" },
    replacedBy: null,
    copies: 1,
    assurance: "token",
    proofs: { verified: expect.any(String), retired: null },
    tried: { accepted: expect.any(Number), asked: expect.any(Number) },
    // nothing has had to read the log: the overlap alone lets the old one go
    use: null,
    privileged: false,
  });
  expect(made.tried.accepted).toBeGreaterThan(1);
  // delivered and verified: the value is erased here
  expect(made.sealed).toBe(false);
  const old = (await rita.get(`${of("app-1")}/credentials/${theirs}`)).body;
  expect(old).toMatchObject({
    origin: "adopted",
    made: { how: "unknown", by: null },
    issuedBy: null,
    replacedBy: { id: rotation },
    proofs: null,
    tried: null,
    sealed: false,
  });
});

test("what is gone is still known, and what never was is not here", async () => {
  const { theirs } = await keysOf("app-1");
  stage.directory.clock.advance(18 * 24 * 3_600_000);
  await stage.until(await stage.rotationOf("app-1"), "retired");
  await stage.run();
  const gone = (await rita.get(`${of("app-1")}/credentials/${theirs}`)).body;
  expect(gone).toMatchObject({ removedAt: expect.any(String), owner: null, class: null, sentence: null });
  for (const nothing of ["00000000-0000-4000-8000-000000000000", (await keysOf("app-2")).theirs])
    expect((await rita.get(`${of("app-1")}/credentials/${nothing}`)).body).toMatchObject({
      status: 404,
      code: "not-found",
    });
});

test("one whose value is sealed here still says so, and a manual target's is", async () => {
  const { ours } = await keysOf("carried");
  expect((await rita.get(`${of("carried")}/credentials/${ours}`)).body).toMatchObject({ sealed: true });
});

test("a secret that a person had shown names him", async () => {
  const ann = await stage.signIn("Ann", "", "/", true);
  const asked = { description: "for the mill", days: 90, reason: "the vendor takes no other way" };
  const { body: shown } = await ann.post(`${of("stranger")}/shown-secrets`, asked);
  expect(shown.keyId).toEqual(expect.any(String));
  const { body, text } = await rita.get(`${of("stranger")}/credentials/${shown.keyId}`);
  expect(body.made).toMatchObject({ how: "person", by: "entra:ann@contoso.example", at: expect.any(String) });
  expect(text).not.toContain(shown.value);
});

test("the sign-in log is read where somebody asks: others, Nolapse itself, who added it", async () => {
  const { ours } = await keysOf("app-1");
  const value = readFileSync(join(stage.folder, "app-1", ".env"), "utf8")
    .replace("SECRET=", "")
    .trim();
  expect(await signIn(stage.directory, stage.application("app-1").appId, value)).toBe(0);
  // rows come minutes late
  stage.directory.clock.advance(30 * 60_000);
  const { body, text } = await rita.get(`${of("app-1")}/credentials/${ours}/log`);
  expect(body).toMatchObject({
    state: "read",
    why: null,
    log: { succeeded: 1, refused: 0, own: expect.any(Number), added: null, removed: null },
  });
  // what was tried before it was delivered, and what was proven at its target
  expect(body.log.own).toBeGreaterThan(1);
  expect(body.log.last[0]).toMatchObject({ succeeded: true, own: false, at: expect.any(String) });
  expect(body.log.last.filter(({ own }: { own: boolean }) => !own)).toHaveLength(1);
  expect(text).not.toContain(value);
});

test("a log that may not be read, and one that the licence has not, are two other answers than an empty one", async () => {
  const { theirs } = await keysOf("app-2");
  const at = `${of("app-2")}/credentials/${theirs}/log`;
  const answered = async (code: "directory-forbidden" | "directory-unlicensed" | "directory-unreachable") => {
    const refusal = new NolapseError(code, "it is not to be read", { next: "ask for it" });
    vi.spyOn(stage.admission.deps.logs, "signIns").mockRejectedValueOnce(refusal);
    return (await rita.get(at)).body;
  };
  const closed = { why: "it is not to be read", next: "ask for it", log: null };
  expect(await answered("directory-forbidden")).toEqual({ state: "forbidden", ...closed });
  expect(await answered("directory-unlicensed")).toEqual({ state: "unlicensed", ...closed });
  expect(await answered("directory-unreachable")).toMatchObject({ status: 502, code: "directory-unreachable" });
});

test("an Owner sees those of his own application, and of no other", async () => {
  const oswin = await stage.signIn("Oswin");
  const [mine, theirs] = [await keysOf("app-1"), await keysOf("app-2")];
  expect((await oswin.get(`${of("app-1")}/credentials/${mine.ours}`)).status).toBe(200);
  for (const rest of ["", "/log"])
    expect((await oswin.get(`${of("app-2")}/credentials/${theirs.theirs}${rest}`)).status).toBe(404);
});

test("only the clouds of Microsoft have an admin center", () => {
  const one = { type: "application", appId: "a", objectId: "o" } as const;
  expect(adminCenterOf("https://login.microsoftonline.com", one)).toBe(
    "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/a",
  );
  expect(adminCenterOf("https://login.microsoftonline.us", { ...one, type: "servicePrincipal" })).toBe(
    "https://entra.microsoft.us/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview/objectId/o/appId/a",
  );
  expect(adminCenterOf("https://localhost:4433", one)).toBeNull();
});
