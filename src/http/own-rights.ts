/**
 * What a person lends the server at sign-in: an access token for Graph in his own name, kept in his session alone, for as long as the
 * authority says. Registering applications and making secrets by hand are done with it, so that nobody gets by Nolapse's rights what he
 * could not do himself (design §8).
 */
import { NolapseError } from "../core/errors.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { EpochMs } from "../core/time.ts";
import type { Hand } from "../engine/commands/register.ts";
import type { Session } from "./sessions.ts";
import type { Tenant } from "./tenant.ts";

export interface OwnRights {
  readonly token: SecretValue;
  /** Domain time. */
  readonly until: EpochMs;
}

/** The person's own hand in the directory. @throws NolapseError `own-rights-missing`. */
export async function handOf(tenant: Tenant, session: Session | null): Promise<Hand> {
  const { hand } = tenant.parts;
  if (hand === null) {
    throw new NolapseError("own-rights-missing", "people sign in to another tenant than this one here", {
      next: `do it in the portal of ${tenant.name} itself; nolapse sees it at its next scan`,
    });
  }
  const rights = session?.rights ?? null;
  if (rights !== null && (await tenant.deps.clock.now()) < rights.until) return hand(rights.token);
  throw new NolapseError(
    "own-rights-missing",
    rights === null
      ? "this is done with your own rights in Entra ID, which you have not lent to this session"
      : "the time for which you lent your own rights in Entra ID is over",
    { next: "sign in again with them: /auth/sign-in?rights=yes" },
  );
}

/** The same where it can do without. */
export async function handOrNone(tenant: Tenant, session: Session | null): Promise<Hand | null> {
  return handOf(tenant, session).catch(() => null);
}
