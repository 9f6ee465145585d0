/** A new application, registered with a person's own rights: noted before and after, as nothing in Graph tells a second try from the first. */
import type { TrailAction } from "../../core/audit/actions.ts";
import type { Holder } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { AUDIENCES, type Audience, type Hand, type Registering } from "../../ports/hand.ts";
import type { AuditEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { requireWriting } from "../rotation/may-write.ts";

export { AUDIENCES, type Audience, type Hand, type Registering };

export interface Registered {
  readonly objectId: string;
  readonly appId: string;
  readonly servicePrincipal: string | null;
  /** Why there is no enterprise application though one was asked for. */
  readonly without: string | null;
  /** As the directory shows it; null where it does not show it yet. */
  readonly holders: readonly Holder[];
}

/**
 * Registers it and, where asked for, makes its enterprise application. @throws NolapseError `refused-by-mode`, `refused-by-stop`,
 * `refused-by-rule` for a redirect address that Entra would not take, and as the directory refuses the person.
 */
export async function registerApplication(
  deps: Deps,
  hand: Hand,
  asked: Registering & { readonly principal: boolean },
  actor: string,
): Promise<Registered> {
  await requireWriting(deps);
  const wrong = asked.redirect === null ? null : redirectFault(asked.redirect.uri, asked.redirect.platform);
  if (wrong !== null) throw new NolapseError("refused-by-rule", wrong, { next: "correct the redirect address" });
  await note(deps, actor, "register-asked", null, {
    name: asked.displayName,
    audience: asked.signInAudience,
    ...(asked.tags.length === 0 ? {} : { tags: asked.tags.join(", ") }),
  });
  const outcome = await hand.register(asked);
  if (outcome.outcome !== "applied") {
    await note(deps, actor, `register-${outcome.outcome}`, null, { code: outcome.error.code });
    throw outcome.outcome === "unknown" ? unknownOf(outcome.error) : forbiddenOf(outcome.error);
  }
  const { objectId, appId } = outcome;
  await note(deps, actor, "registered", appId, { objectId });
  const principal = asked.principal ? await hand.makePrincipal(appId) : null;
  const made = principal?.outcome === "applied" ? principal.objectId : null;
  if (made !== null) await note(deps, actor, "principal-made", appId, { objectId: made });
  const holders: Holder[] = [];
  const refs = [
    { type: "application", objectId, appId } as const,
    ...(made === null ? [] : [{ type: "servicePrincipal", objectId: made, appId } as const]),
  ];
  for (const ref of refs) {
    // a new object takes seconds to be seen everywhere; the next scan sees what is not seen now
    const read = await hand.entra.read(ref).catch(() => null);
    if (read !== null) holders.push(read.holder);
  }
  const without = principal === null || principal.outcome === "applied" ? null : principal.error.message;
  return { objectId, appId, servicePrincipal: made, without, holders };
}

/**
 * Why Entra would refuse a redirect address, null where it would not: https except on localhost, no wildcard, at most 256 characters
 * (learn.microsoft.com/entra/identity-platform/reply-url).
 */
export function redirectFault(uri: string, platform: "web" | "spa" | "publicClient"): string | null {
  if (uri.length > 256) return "the redirect address is longer than 256 characters";
  if (/[*!$'(),;]/.test(uri)) return "the redirect address holds one of * ! $ ' ( ) , ;";
  const found = /^([a-z][a-z0-9+.-]*):(\/\/([^/?#]*))?/i.exec(uri);
  if (found === null || /[\s\p{Cc}]/u.test(uri)) return "the redirect address is not a whole address";
  const [scheme = "", host = ""] = [found[1]?.toLowerCase(), found[3]?.replace(/:\d+$/, "").toLowerCase()];
  if (uri.includes("#")) return "the redirect address holds a fragment (#)";
  if (scheme === "https" && host !== "") return null;
  if (scheme === "http" && ["localhost", "127.0.0.1"].includes(host)) return null;
  if (platform === "publicClient" && scheme !== "http" && scheme !== "https") return null;
  return "the redirect address must begin with https://, or with http://localhost";
}

function unknownOf(error: NolapseError): NolapseError {
  return new NolapseError("incomplete", `it is not known whether it was registered: ${error.message}`, {
    next: "do not repeat it at once: look in a minute whether an application of that name is there",
    cause: error,
  });
}

/** What Nolapse is granted would not help the person. */
function forbiddenOf(error: NolapseError): NolapseError {
  if (error.code !== "directory-forbidden") return error;
  return new NolapseError(error.code, error.message, {
    next: "your own rights in Entra ID decide: members may register applications unless the tenant's user settings say no; else Application Developer may",
    cause: error,
  });
}

async function note(
  deps: Deps,
  actor: string,
  action: TrailAction,
  appId: string | null,
  details: AuditEntry["details"],
): Promise<void> {
  const { store, settings, clock } = deps;
  const about = { rotation: null, appId, keyId: null, reason: null };
  await store.audit({ tenantId: settings.tenantId, at: await clock.now(), actor, action, ...about, details });
}
