/**
 * How the demo's link opens signed in: a code that is good once stands in for the person at the directory's own pages. The sign-in is the
 * real one, with its state, nonce and proof of possession; only who presses the buttons differs.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { NolapseError } from "../../core/errors.ts";

/** A code that is good once; `onUse` hears that it was used. */
export class OneTimeCode {
  #code: string | null = null;
  readonly #onUse: () => void;

  constructor(onUse: () => void) {
    this.#onUse = onUse;
  }

  /** A new one; the one before is good no more. */
  next(): string {
    this.#code = randomBytes(24).toString("base64url");
    return this.#code;
  }

  take(given: string): boolean {
    const [a, b] = [Buffer.from(this.#code ?? ""), Buffer.from(given)];
    if (this.#code === null || a.length !== b.length || !timingSafeEqual(a, b)) return false;
    this.#code = null;
    this.#onUse();
    return true;
  }
}

/** So many pages has the directory at most between the beginning and the way back. */
const MOST_PAGES = 5;

/** Goes through the directory's pages as the person would, and gives where they lead back to. @throws NolapseError `sign-in-failed`. */
export async function signInAs(person: string, authorizationUrl: string): Promise<string> {
  const cookies = new Map<string, string>();
  const origin = new URL(authorizationUrl).origin;
  let { page, location } = await ask(authorizationUrl, cookies, undefined);
  for (let turn = 0; turn < MOST_PAGES && location === null; turn += 1) {
    const account = [...page.matchAll(/<button name="user" value="([^"]*)">([^<]*)</g)].find(
      ([, , name]) => name === person,
    )?.[1];
    const form = new URLSearchParams(hiddenFields(page));
    if (account !== undefined) form.set("user", account);
    else form.set("decision", "accept");
    const action = unescaped(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? "");
    ({ page, location } = await ask(new URL(action, origin).href, cookies, form));
  }
  if (location !== null) return location;
  throw new NolapseError("sign-in-failed", `the directory did not let ${person} in`, { next: "nolapse demo --fresh" });
}

async function ask(url: string, cookies: Map<string, string>, form: URLSearchParams | undefined) {
  const response = await fetch(url, {
    method: form === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(form === undefined ? {} : { origin: new URL(url).origin }),
    },
    ...(form === undefined ? {} : { body: form }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    cookies.set(name, value);
  }
  return { page: await response.text(), location: response.headers.get("location") };
}

function hiddenFields(page: string): [string, string][] {
  const found = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return [...found].map(([, name = "", value = ""]) => [name, unescaped(value)]);
}

/** The directory writes every character that means something as its number. */
function unescaped(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}
