/**
 * The pages: files that `npm run build:web` made, out of one folder that is read once. A name that was not in it is not there, so no
 * path leads out. Every address of the pages gets the same document, which holds no data: what it shows, it asks the API for. It says
 * only whether the browser that asks is signed in, so that nobody is asked for who is not.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { securityHeaders } from "./headers.ts";
import type { App } from "./server.ts";

/** Where the build lies: beside the sources in the repository, beside the compiled files in the package. */
export const PAGES_FOLDER: string = join(
  import.meta.dirname,
  import.meta.filename.endsWith(".ts") ? "../../web/dist" : "../web",
);

/** Addresses that are pages. */
const PAGES = ["/", "/sign-in", "/tenants", "/all", "/all/*", "/t/*"];

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Vite writes this wherever a nonce belongs (`html.cspNonce`). */
const NONCE = "__NONCE__";
/** A person's choice, `light` or `dark`; without one the system's. No secret, and scripts write it. */
export const THEME_COOKIE = "nolapse-theme";

interface Built {
  readonly type: string;
  readonly body: Buffer;
  zipped: Promise<Buffer> | null;
}

interface Folder {
  readonly document: string;
  readonly files: ReadonlyMap<string, Built>;
}

/** Null where nothing was built. */
function readFolder(folder: string): Folder | null {
  const index = join(folder, "index.html");
  if (!existsSync(index)) return null;
  const files = new Map<string, Built>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    files.set(`/${name.split(sep).join("/")}`, { type, body: readFileSync(join(folder, name)), zipped: null });
  }
  return { document: readFileSync(index, "utf8"), files };
}

export interface PortalOptions {
  readonly folder: string;
  /** As for {@link securityHeaders}. */
  readonly secure: boolean;
  readonly demo?: boolean;
  /** Whether the browser that asks has a session that goes on. */
  readonly isSignedIn: (request: FastifyRequest) => boolean;
}

/** Adds the pages to a server that knows cookies. */
export function addPages(app: App, { folder, secure, demo = false, isSignedIn }: PortalOptions): void {
  let read: Folder | null = null;
  const built = () => {
    read ??= readFolder(folder);
    return read;
  };
  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const found = built();
    const nonce = randomBytes(16).toString("base64");
    reply.headers(securityHeaders(nonce, secure)).header("cache-control", "no-store").type("text/html; charset=utf-8");
    if (found === null) return reply.code(503).send(NOT_BUILT);
    const document = themed(found.document, request.cookies[THEME_COOKIE]).replaceAll(NONCE, nonce);
    const marks = [
      ...(demo ? ['<meta name="nolapse-demo" content="yes">'] : []),
      ...(isSignedIn(request) ? [] : ['<meta name="nolapse-session" content="none">']),
    ];
    return reply.send(document.replace("<head>", `<head>${marks.join("")}`));
  };
  for (const url of PAGES) app.get(url, page);
  const file = async (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split("?")[0] ?? "";
    const found = built()?.files.get(path);
    if (found === undefined) return reply.callNotFound();
    // names in assets/ change with what is in them
    const lasts = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "public, max-age=3600";
    reply.header("cache-control", lasts).header("vary", "accept-encoding").type(found.type);
    if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return reply.send(found.body);
    found.zipped ??= promisify(gzip)(found.body, { level: 9 });
    return reply.header("content-encoding", "gzip").send(await found.zipped);
  };
  // a page is dozens of them, given from memory: they are no part of how often somebody may ask
  const uncounted = { config: { rateLimit: false as const } };
  app.get("/assets/*", uncounted, file);
  app.get("/mark.svg", uncounted, file);
}

function themed(document: string, theme: string | undefined): string {
  return theme === "light" || theme === "dark"
    ? document.replace('<html lang="en">', `<html lang="en" data-theme="${theme}">`)
    : document;
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Nolapse: the pages are not built</title></head>
<body>
<h1>The pages are not built yet</h1>
<p>The server runs, and its API answers. In the repository, type:</p>
<pre>npm run build:web</pre>
<p>and open this page again.</p>
</body>
</html>
`;
