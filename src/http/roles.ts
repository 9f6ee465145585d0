/** Who may what: four roles, each of which may all that the ones before it may (design §8). */

/**
 * `Owner` is whoever signs in and is listed as owner of applications in the directory: these only. `Reader` looks, `Operator`
 * also rotates, delivers and approves, `Admin` also reveals. The last three are app roles of the server's registration.
 */
export const ROLES = ["Owner", "Reader", "Operator", "Admin"] as const;

export type Role = (typeof ROLES)[number];

/** The least role a route takes; `anonymous` is for health, sign-in and the OpenAPI document alone. */
export type Least = Role | "anonymous";

/** Whether somebody with `has` may what takes `least`; null has no role at all. */
export function mayAll(has: Role | null, least: Role): boolean {
  return has !== null && ROLES.indexOf(has) >= ROLES.indexOf(least);
}

/** The highest role among the values of a token's `roles`, null where none is one of ours. Case matters, as in Entra. */
export function highest(values: readonly string[]): Role | null {
  return ROLES.slice(1).findLast((role) => values.includes(role)) ?? null;
}
