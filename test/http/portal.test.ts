/** The pages as files: one document with a nonce of its own each time, files that may be kept for good, and no way out of the folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import cookie from "@fastify/cookie";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addPages } from "../../src/http/portal.ts";

const folder = mkdtempSync(join(tmpdir(), "nolapse-portal-"));
const built = join(folder, "dist");
let app: FastifyInstance;

async function serve(pages: string): Promise<FastifyInstance> {
  const made = fastify();
  await made.register(cookie);
  addPages(made, { folder: pages, secure: false, isSignedIn: ({ cookies }) => cookies.session === "good" });
  return made;
}

beforeAll(async () => {
  mkdirSync(join(built, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.js"), "outside");
  const document =
    '<!doctype html><html lang="en"><head></head><script type="module" nonce="__NONCE__" src="/assets/a-1.js"></script></html>';
  writeFileSync(join(built, "index.html"), document);
  writeFileSync(join(built, "assets/a-1.js"), "export {};".repeat(100));
  app = await serve(built);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe("the document", () => {
  test.each(["/", "/sign-in", "/tenants", "/all", "/all/plan?tab=next", "/t/contoso/applications/x?q=1"])(
    "is at %s, and is never kept",
    async (url) => {
      const answer = await app.inject(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["content-type"]).toMatch(/^text\/html/);
    },
  );

  test("has the nonce of its own policy, and another one each time", async () => {
    const nonces = [];
    for (const { body, headers } of [await app.inject("/"), await app.inject("/")]) {
      const nonce = /nonce="([^"]+)"/.exec(body)?.[1] ?? "none";
      expect(headers["content-security-policy"]).toContain(`'nonce-${nonce}'`);
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(body).not.toContain("__NONCE__");
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  test("says to a browser without a session that there is none, and to one with a session nothing", async () => {
    const saying = async (headers: Record<string, string>) => (await app.inject({ url: "/", headers })).body;
    const none = '<head><meta name="nolapse-session" content="none"></head>';
    expect(await saying({})).toContain(none);
    expect(await saying({ cookie: "session=over" })).toContain(none);
    expect(await saying({ cookie: "session=good" })).not.toContain("nolapse-session");
  });

  test("has a person's theme before anything is drawn, and nothing else that a cookie says", async () => {
    const withTheme = async (value: string) =>
      (await app.inject({ url: "/", cookies: { "nolapse-theme": value } })).body;
    expect(await withTheme("dark")).toContain('<html lang="en" data-theme="dark">');
    expect(await withTheme('"><script>')).toContain('<html lang="en">');
  });
});

describe("a file", () => {
  test("may be kept for good, its name changes with what is in it", async () => {
    const answer = await app.inject("/assets/a-1.js");
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(answer.headers["content-type"]).toMatch(/^text\/javascript/);
  });

  test("comes packed to who can unpack it", async () => {
    const answer = await app.inject({ url: "/assets/a-1.js", headers: { "accept-encoding": "br, gzip" } });
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(answer.rawPayload).toString()).toContain("export {};");
  });

  test.each([
    "/assets/../../secret.js",
    "/assets/..%2f..%2fsecret.js",
    "/assets/%2e%2e/%2e%2e/secret.js",
    "/assets/..\\..\\secret.js",
    "/assets//etc/passwd",
    "/assets/index.html",
    "/assets/",
  ])("%s is not there", async (url) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain("outside");
  });
});

test("without a build the page says what to type, and finds one that was made meanwhile", async () => {
  const later = join(folder, "later");
  const bare = await serve(later);
  const answer = await bare.inject("/");
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain("npm run build:web");
  mkdirSync(later);
  writeFileSync(join(later, "index.html"), "built");
  expect((await bare.inject("/")).body).toBe("built");
  await bare.close();
});
