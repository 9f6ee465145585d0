/** As much of a browser as signing in needs: cookies, forms, redirects one at a time. */
import type { Directory } from "../../src/directory/index.ts";

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where a redirect leads. */
  readonly location: string;
}

export interface Browser {
  open(url: string, headers?: Record<string, string>): Promise<Shown>;
  /** Sends the page's form with its hidden fields and these. */
  submit(page: Shown, fields: Record<string, string>, headers?: Record<string, string>): Promise<Shown>;
  readonly cookies: Map<string, string>;
}

export function openBrowser(directory: Pick<Directory, "url" | "fetch">): Browser {
  const cookies = new Map<string, string>();
  let here = directory.url;
  async function send(url: string, init: RequestInit): Promise<Shown> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie === "" ? {} : { cookie }), ...(init.headers as Record<string, string>) };
    const response = await directory.fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    here = url;
    const { status } = response;
    return {
      status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get("location") ?? "",
    };
  }
  return {
    cookies,
    open: (url, headers = {}) => send(url, { headers }),
    submit(page, fields, headers = {}) {
      const action = /<form method="post" action="([^"]*)"/.exec(page.text)?.[1] ?? "";
      const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
        ([, name = "", value = ""]) => [name, unescaped(value)] as [string, string],
      );
      const body = new URLSearchParams([...hidden, ...Object.entries(fields)]);
      const url = new URL(unescaped(action), here).href;
      return send(url, { method: "POST", body, headers: { origin: new URL(url).origin, ...headers } });
    },
  };
}

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

/** The user's button on the page that asks who it is. */
export function accountOf(page: Shown, name: string): string {
  const found = [...page.text.matchAll(/<button name="user" value="([^"]*)">([^<]*)</g)].find(
    ([, , text]) => text === name,
  );
  return found?.[1] ?? "";
}

/** The parameters a redirect brings back, from query or fragment. */
export function broughtBack(page: Shown): Record<string, string> {
  const url = new URL(page.location);
  return Object.fromEntries(new URLSearchParams(url.hash === "" ? url.search : url.hash.slice(1)));
}
