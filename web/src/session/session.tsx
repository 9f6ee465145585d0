/** Who is signed in, what he may, and what he chose: the theme, and by which clock he reads times. */
import { createContext, useContext } from "react";
import type { Answer } from "../api/client.ts";
import { type ClockChoice, OWN_ZONE } from "./clock.ts";
import type { Choice } from "./theme.ts";

export type Me = Answer<"GET /api/v1/me">;

export interface Session {
  readonly me: Me;
  readonly theme: { readonly choice: Choice; readonly choose: (choice: Choice) => void };
  readonly clock: ClockChoice;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("this part of the page needs somebody signed in");
  return session;
}

/** The zone in which times of a tenant are shown. */
export function useShownZone(home: string): string {
  return useSession().clock.choice === "own" ? OWN_ZONE : home;
}

const ORDER = ["Owner", "Reader", "Operator", "Admin"] as const;
export type Role = (typeof ORDER)[number];

export function hasRole(has: Me["role"], least: Role): boolean {
  return has !== null && ORDER.indexOf(has) >= ORDER.indexOf(least);
}

/** Null where the person may; else why not, and who can change that. */
export function useRefusal(least: Role): string | null {
  const { role } = useSession().me;
  if (hasRole(role, least)) return null;
  return `Needs the role ${least}. Your role is ${role ?? "none"}. An Admin of Nolapse can change that.`;
}
