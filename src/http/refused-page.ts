/** What a person sees whose sign-in, or whose address, came to nothing: what happened, why, and what to do, where a program gets the problem itself. */
import { escapeHtml } from "../core/html.ts";
import type { Problem } from "./problem.ts";

interface Refused {
  readonly problem: Problem;
  /** For the one style of the page. */
  readonly nonce: string;
  /** Where one signs in by a link and not by a button. */
  readonly demo: boolean;
}

/** The document. It holds nothing but what the problem says, as text. */
export function refusedPage({ problem, nonce, demo }: Refused): string {
  const [heading, advice] = said(problem, demo);
  const again = problem.code === "not-found" ? "" : `<a class="button" href="/auth/sign-in">Sign in again</a> `;
  const actions = demo ? "" : `<p>${again}<a href="/">To the first page</a></p>`;
  const id = problem.id === undefined ? "" : `<p class="faint">Request <code>${escapeHtml(problem.id)}</code></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading} · Nolapse</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p>${escapeHtml(sentence(problem.detail))}</p>
<p>${advice}</p>
${actions}
${id}
</main>
</body>
</html>
`;
}

/** What it is called, and what to do about it. */
function said({ code, detail }: Problem, demo: boolean): readonly [string, string] {
  if (demo) return ["This link does not sign you in", "Open the link that the demo printed last: each is good once."];
  if (/refused it: (access_denied|consent_required|interaction_required)/.test(detail)) {
    return [
      "You are not signed in",
      "Somebody said no at the login page, or an administrator has to allow Nolapse first. Sign in again; if you were asked to lend " +
        "your own rights and do not want to, sign in without them: everything but registering and secrets by hand goes without.",
    ];
  }
  if (code === "not-found") return ["Not here", "The address may be mistyped, or be that of another server."];
  if (code === "not-signed-in") {
    return [
      "You are not signed in",
      "Sign in again, in this browser and within ten minutes. If it happens again, see that the browser takes cookies from this address.",
    ];
  }
  if (code === "sign-in-failed") {
    return [
      "Nobody can sign in now",
      "This server's own client secret has ended or was changed. Whoever runs Nolapse makes a new one for the server's registration and " +
        "writes it to where <code>server.signIn.secret</code> leads; no restart is needed.",
    ];
  }
  if (code === "too-many-requests") return ["Too many sign-ins", "Wait a minute, then sign in again."];
  return [
    "Signing in does not work now",
    "Try again in a moment. If it stays, whoever runs Nolapse finds the reason with <code>nolapse doctor</code>.",
  ];
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}.`;
}

const STYLE = `
body { margin: 0; background: #fafafa; color: #242424; font: 14px/20px "Segoe UI Variable", "Segoe UI", system-ui, sans-serif; }
main { max-width: 480px; margin: 12vh auto 0; padding: 24px; }
h1 { font-size: 24px; line-height: 32px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
a { color: #115ea3; display: inline-block; min-height: 24px; }
a.button { background: #0f6cbd; color: #ffffff; padding: 6px 16px; border-radius: 4px; text-decoration: none; font-weight: 600; margin-right: 12px; }
.faint { color: #424242; font-size: 12px; }
@media (prefers-color-scheme: dark) {
  body { background: #1f1f1f; color: #ffffff; }
  a { color: #62abf5; }
  a.button { background: #115ea3; color: #ffffff; }
  .faint { color: #d6d6d6; }
}
`;
