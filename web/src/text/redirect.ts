/** What Entra would not take for a redirect address, said while it is typed; the server says the same (learn.microsoft.com/entra/identity-platform/reply-url). Pure. */

export function redirectFault(uri: string, platform: "web" | "spa" | "publicClient"): string | null {
  if (uri.length > 256) return "Longer than 256 characters.";
  if (/[*!$'(),;]/.test(uri)) return "It holds one of * ! $ ' ( ) , ;";
  const found = /^([a-z][a-z0-9+.-]*):(\/\/([^/?#]*))?/i.exec(uri);
  if (found === null || /[\s\p{Cc}]/u.test(uri)) return "Not a whole address: https://… with no spaces.";
  const [scheme = "", host = ""] = [found[1]?.toLowerCase(), found[3]?.replace(/:\d+$/, "").toLowerCase()];
  if (uri.includes("#")) return "It holds a fragment (#).";
  if (scheme === "https" && host !== "") return null;
  if (scheme === "http" && ["localhost", "127.0.0.1"].includes(host)) return null;
  if (platform === "publicClient" && scheme !== "http" && scheme !== "https") return null;
  return "It must begin with https://, or with http://localhost.";
}
