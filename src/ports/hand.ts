/** What a signed-in person does in the directory with his own rights (design §8): Nolapse lends its hand, and the directory judges him. */
import type { Certificates } from "./certificates.ts";
import type { Answered, Entra, Unsettled } from "./entra.ts";

/** Who may sign in through an application, in Graph's words. */
export const AUDIENCES = [
  "AzureADMyOrg",
  "AzureADMultipleOrgs",
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
] as const;

export type Audience = (typeof AUDIENCES)[number];

export interface Registering {
  readonly displayName: string;
  readonly signInAudience: Audience;
  readonly redirect: { readonly platform: "web" | "spa" | "publicClient"; readonly uri: string } | null;
  /** The tags it is made with. */
  readonly tags: readonly string[];
}

export type RegisterOutcome =
  | ({ readonly outcome: "applied"; readonly objectId: string; readonly appId: string } & Answered)
  | Unsettled;

export type PrincipalOutcome = ({ readonly outcome: "applied"; readonly objectId: string } & Answered) | Unsettled;

export interface Hand {
  readonly entra: Pick<Entra, "read" | "addSecret" | "removeSecret">;
  readonly certificates: Certificates;
  /** A new registration; whoever makes it becomes its owner. */
  register(asked: Registering, signal?: AbortSignal): Promise<RegisterOutcome>;
  /** The enterprise application of a registration, without which nobody signs in to it. */
  makePrincipal(appId: string, signal?: AbortSignal): Promise<PrincipalOutcome>;
}
