/**
 * The pages people see: plain HTML in this one file's style, nothing from elsewhere, no script but one that posts a form on its own.
 * Whatever is put into a page is escaped by the template itself.
 */
import { createHash } from "node:crypto";
import type { Response } from "./message.ts";

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A template whose values are escaped, unless they are HTML themselves; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return new Html(parts.map((part, at) => (at === 0 ? part : `${shown(values[at - 1])}${part}`)).join(""));
}

function shown(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(shown).join("");
  return String(value ?? "").replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { box-sizing: border-box; width: min(28rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
p, li, label { overflow-wrap: anywhere; }
ul.people { list-style: none; padding: 0; }
button, input { font: inherit; box-sizing: border-box; min-height: 2.75rem; padding: .5rem .75rem; }
ul.people button { width: 100%; margin: .25rem 0; text-align: left; }
ul.people span { display: block; }
input[type=text] { width: 100%; }
input[type=checkbox] { min-height: auto; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
.actions { display: flex; gap: .75rem; margin-top: 1rem; }
`;
const SCRIPT = "document.forms[0].submit()";
const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const [STYLE_HASH, SCRIPT_HASH] = [hashOf(STYLE), hashOf(SCRIPT)];

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** Where its forms lead besides here: browsers hold redirects after a form to this as well. */
  readonly formTargets?: readonly string[];
  readonly cookies?: readonly string[];
  /** Post the form at once, as a client with a browser but without a person expects. */
  readonly submits?: boolean;
}

/** The page as an answer, under the strictest policy it can have. */
export function page({ title, body, status = 200, formTargets = [], cookies = [], submits = false }: Page): Response {
  const script = submits ? html`<script>${new Html(SCRIPT)}</script>` : html``;
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${new Html(STYLE)}</style></head>
<body><main>
${body}
</main>${script}</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    ...(submits ? [`script-src ${SCRIPT_HASH}`] : []),
    `form-action ${["'self'", ...formTargets].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status,
    headers: { ...PAGE_HEADERS, "Content-Security-Policy": policy.join("; "), "Set-Cookie": [...cookies] },
    body: document.text,
  };
}

const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store, no-cache",
  Pragma: "no-cache",
  // not "no-referrer": under it a browser sends `Origin: null` with our own forms (Fetch, "append a request Origin header")
  "Referrer-Policy": "same-origin",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/** A redirect to an address that has been checked. */
export function redirect(location: string, cookies: readonly string[] = []): Response {
  const { "Content-Type": _, ...headers } = PAGE_HEADERS;
  return { status: 302, headers: { ...headers, Location: location, "Set-Cookie": [...cookies] }, body: "" };
}

/** What a form may lead to, for the policy: an origin, or the scheme of an application's own address. */
export function formTarget(address: string): string {
  const { origin, protocol } = new URL(address);
  return origin === "null" ? protocol : origin;
}
