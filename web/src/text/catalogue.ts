/** The words of the pages. Sentences about credentials come from the server: command line and page say the same. */
import type { Answer } from "../api/client.ts";
import { counted, distance, durationWords, grouped, spelled, written } from "./dates.ts";

/** Titles of refusals, by their code. */
export const TITLES: Readonly<Record<string, string>> = {
  "no-answer": "The server does not answer.",
  "role-missing": "You may not see this.",
  "not-found": "This is not here.",
  incomplete: "Nothing is known yet.",
  "too-many-requests": "Too many requests.",
  "refused-by-rule": "A safety rule says no.",
  "refused-by-guard": "The guard says no.",
  "refused-by-mode": "The tenant's mode says no.",
  "refused-by-stop": "Writing is stopped.",
  "store-busy": "Somebody else is at it.",
  "lease-lost": "Somebody else is at it.",
  "request-refused": "The request was refused.",
  "own-rights-missing": "This takes your own rights.",
  "policy-refused": "A policy of the tenant says no.",
  "directory-forbidden": "Entra ID does not let you.",
};

/** What a person should know before something is added. */
export const CREDENTIAL_WARNINGS: Readonly<Record<string, string>> = {
  "many-secrets": "It has twelve valid client secrets or more: somebody should remove what nobody uses.",
  "personal-accounts":
    "It is for personal accounts, too: Graph allows 60 writes a minute for these, and two secrets at most.",
  "writing-paused": "Writing is paused: nothing begins before it goes on.",
  "policies-unread": "The tenant's app management policies could not be read: Entra ID may refuse what is asked for.",
  "needs-approval": "It waits for approval before it begins.",
  "one-owner": "It has one owner only. A second one keeps it from being nobody's.",
  "no-owner": "Nobody owns it, so nobody is told when it stops.",
};

/** Who may sign in through an application. */
export const AUDIENCES = {
  AzureADMyOrg: "This directory only",
  AzureADMultipleOrgs: "Any Entra ID directory",
  AzureADandPersonalMicrosoftAccount: "Any directory and personal accounts",
  PersonalMicrosoftAccount: "Personal accounts only",
} as const;

/** Words beside a length. */
export const PRESET_NOTES: Readonly<Record<string, string>> = {
  "short-of-policy": "Shorter than its policy's lifetime.",
  "over-a-year": "Microsoft advises less than 12 months.",
};

type Overview = Answer<"GET /api/v1/t/{tenant}/overview">;
export type NextCode = Overview["next"][number]["next"]["code"];

/** The phrase of a list. */
export const NEXT_WORDS: Readonly<Record<NextCode, string>> = {
  stops: "Stops",
  renewing: "Renewing now",
  "waits-for-approval": "Waits for approval",
  renews: "Renews",
  overlap: "Overlap",
  "not-managed": "Not managed",
  "renewed-elsewhere": "Renewed elsewhere",
  "nothing-to-renew": "Nothing to renew",
  ended: "Ended",
};

/** Filters of the list. */
export const NEXT_VIEWS: Readonly<Record<NextCode, string>> = {
  ...NEXT_WORDS,
  stops: "Stop",
  renews: "Renewed by themselves",
  overlap: "In overlap",
};

/** What a rotation makes. */
export const KIND_WORDS: Readonly<Record<string, string>> = {
  secret: "client secret",
  certificate: "certificate",
  federated: "federated credential",
};

/** The two parts of a rotation that a person may have to approve. */
export const PART_WORDS = { issue: "creation", retire: "removal" } as const;

/** What the plan makes of a credential. */
export const STATUS_WORDS: Readonly<Record<string, string>> = {
  due: "due now",
  later: "not due yet",
  "in-progress": "being renewed",
  cannot: "cannot be renewed",
};

/** What becomes of the old one, who must agree, what is kept, and how a new one is tried: the words of a policy. */
export const POLICY_WORDS = {
  retire: {
    "at-expiry": "the old one lives to its own end",
    "after-evidence": "the old one goes once nobody uses it",
    "after-overlap": "the old one goes after the overlap",
    never: "the old one stays",
  },
  approval: {
    none: "no approval",
    issue: "a person approves each new one",
    retire: "a person approves each removal",
    both: "a person approves each new one and each removal",
  },
  custody: { none: "no value is kept", keep: "the value is kept, sealed" },
  probe: {
    full: "a new one signs in several times",
    minimal: "a new one signs in once",
    none: "a new one is not tried",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The words of one setting; what is not known stays as it is. */
export function policyWords(setting: keyof typeof POLICY_WORDS, value: string): string {
  const words: Readonly<Record<string, string>> = POLICY_WORDS[setting];
  return words[value] ?? value;
}

/** The one name of the moment after which a renewal that begins may come too late for the end of the old credential. */
export const LAST_SAFE = "Last safe moment";
export const LAST_SAFE_MEANS = "a renewal that begins later may come too late";

export const STATE_WORDS: Readonly<Record<string, string>> = {
  planned: "Planned",
  issued: "Issued: waits for sign-ins",
  accepted: "Delivering",
  delivered: "Verifying",
  verified: "In overlap",
  retired: "Done",
  halted: "Halted",
  cancelled: "Cancelled",
};

/** What the figure of those that end soon comes to: those the sentence counts, and those that are taken care of. */
export function endsWords({
  endIn30Days,
  stopIn30Days,
}: Pick<Overview["figures"], "endIn30Days" | "stopIn30Days">): string {
  const [stop, rest] = [stopIn30Days, Math.max(0, endIn30Days - stopIn30Days)];
  if (endIn30Days === 0) return "applications";
  const words = [
    ...(stop > 0 ? [`${grouped(stop)} ${stop === 1 ? "stops" : "stop"}`] : []),
    ...(rest > 0 ? [`${grouped(rest)} ${rest === 1 ? "is" : "are"} to be renewed`] : []),
  ];
  return `${endIn30Days === 1 ? "application" : "applications"}: ${words.join(", ")}`;
}

/** How the debt goes: what came to it in the last week, and what left it. */
export function debtWords({
  debt,
  debtLately,
  debtLeft,
}: Pick<Overview["figures"], "debt" | "debtLately" | "debtLeft">): string {
  const past = "past their renewal time";
  if (debt + debtLately + debtLeft === 0) return past;
  const many = (count: number) => (count === 0 ? "none" : grouped(count));
  return `${past}; in 7 days ${many(debtLately)} came and ${many(debtLeft)} left`;
}

/** What has ended lately without Nolapse having been told of it; null where nothing has. */
export function endedSentence({ endedIn30Days }: Overview["figures"]): string | null {
  if (endedIn30Days === 0) return null;
  const many = counted(endedIn30Days, "application");
  return `${many} that ${endedIn30Days === 1 ? "is" : "are"} not managed ended in the last 30 days; whether anybody uses ${endedIn30Days === 1 ? "it" : "them"} Nolapse has not been told.`;
}

/** Whether every value gets to its place by itself, and has been seen there. */
/** When the applications of a target take a new value, at the worst. */
export function reloadWords(reload: string): string {
  if (reload === "start") return "only when they start";
  return reload === "hook" ? "when they are told" : `within ${spelled(reload)}`;
}

/** Whether a person holds it, by itself or with all of its application. */
export function isHeld(reason: string | null): boolean {
  return reason === "paused" || reason === "application-paused";
}

/** What happens next, as one phrase with its date. */
export function nextPhrase(next: Overview["next"][number]["next"], zone: string): string {
  const words = NEXT_WORDS[next.code];
  const on = next.at === null ? null : written(Date.parse(next.at), zone);
  if (next.code === "stops") return next.because === null ? words : `${words}: ${next.because}`;
  if (next.code === "renews" && on !== null) return `${words} ${on}`;
  if (next.code === "renewed-elsewhere" && next.reason === "platform-managed") return "Renewed by its platform";
  if (next.code === "ended" && on !== null) return `${words} ${on}`;
  if (next.code === "overlap" && isHeld(next.reason)) return `${words}, paused`;
  if (next.code === "overlap" && on !== null) return `${words} until ${on}`;
  return words;
}

type Application = Answer<"GET /api/v1/t/{tenant}/applications/{id}">;

type SignsIn = Pick<Application, "signsIn" | "signsInUntil" | "next" | "now">;
type Switched = Partial<Pick<Application, "enabled" | "servicePrincipalEnabled">>;
type Told = SignsIn & Switched & Partial<Pick<Application, "lapse">>;
interface Sentence {
  readonly strong: string;
  readonly rest: string;
}

/** Whether the directory lets nobody sign in through it here, whatever its credentials are. */
export function isSwitchedOff({ enabled = true, servicePrincipalEnabled = null }: Switched): boolean {
  return !enabled || servicePrincipalEnabled === false;
}

/** Days within which an end that nobody renews needs a person, as on the first page. */
const SOON = 30;

/** Whether it stops signing in so soon that somebody should know, and no plan renews it. */
export function endsSoon({ signsInUntil, next, now }: SignsIn): boolean {
  if (next.code !== "not-managed" || signsInUntil === null) return false;
  return Date.parse(signsInUntil) - Date.parse(now) <= SOON * 86_400_000;
}

/** The sentence under an application's name; a lapse that is over is never left out of it. */
export function applicationSentence(told: Told, zone: string): Sentence {
  const { strong, rest } = presentSentence(told, zone);
  // what stops is said all the same
  const isOff = isSwitchedOff(told) && told.next.code !== "stops";
  return {
    strong: isOff ? "Switched off in Entra ID: nobody signs in." : strong,
    rest: told.lapse == null ? rest : `${rest} ${lapseSentence(told.lapse, zone)}`,
  };
}

type Lapse = Pick<NonNullable<Application["lapsed"]>, "from" | "to"> & Partial<NonNullable<Application["lapsed"]>>;

/** Behind its end, where no credential works again. */
const OVER_WORDS: Readonly<Record<NonNullable<Lapse["over"]>, string>> = {
  federated: "; a federated credential signs it in now",
  "switched-off": "; it was switched off then",
  gone: "; it was deleted then",
};

/** "Could not sign in from Wed 3 Feb 2027 to Fri 5 Feb 2027."; of one that is not over "Cannot sign in since Wed 3 Feb 2027." */
export function lapseSentence(lapse: Lapse, zone: string): string {
  const from = Date.parse(lapse.from);
  const first = written(from, zone);
  if (lapse.to === null) return `Cannot sign in since ${first}.`;
  const to = Date.parse(lapse.to);
  const last = written(to, zone);
  const why = lapse.over == null ? "" : OVER_WORDS[lapse.over];
  return first === last
    ? `Could not sign in on ${first}, for ${durationWords(to - from)}${why}.`
    : `Could not sign in from ${first} to ${last}${why}.`;
}

/** The same where there is little room, under "Could not sign in": "from 3 Feb 2027, for 2 days", "since 3 Feb 2027". */
export function lapsePhrase({ from, to }: Lapse, zone: string): string {
  const first = written(Date.parse(from), zone, "plain");
  return to === null ? `since ${first}` : `from ${first}, for ${durationWords(Date.parse(to) - Date.parse(from))}`;
}

function presentSentence({ signsIn, signsInUntil, next, now }: SignsIn, zone: string): Sentence {
  const at = (instant: string) =>
    `${written(Date.parse(instant), zone)}, ${distance(Date.parse(instant), Date.parse(now), zone)}`;
  const because = next.because === null ? "" : ` ${next.because[0]?.toUpperCase()}${next.because.slice(1)}.`;
  switch (next.code) {
    case "stops":
      return signsIn && signsInUntil !== null
        ? { strong: `Stops on ${at(signsInUntil)}.`, rest: because }
        : { strong: "Cannot sign in.", rest: because };
    case "renewing":
      return { strong: "Signs in without a break.", rest: " It is being renewed now." };
    case "waits-for-approval":
      return { strong: "Waits for approval.", rest: because };
    case "renews":
      return {
        strong: "Signs in without a break.",
        rest: next.at === null ? " It is renewed by itself." : ` It is renewed on ${at(next.at)}. Nobody has to act.`,
      };
    case "overlap":
      return {
        strong: "Signs in without a break.",
        rest: isHeld(next.reason)
          ? " Old and new both work. Its rotation is paused: nothing is removed until it goes on."
          : next.at === null
            ? " Old and new both work."
            : ` Old and new both work until ${at(next.at)}.`,
      };
    case "not-managed":
      return {
        strong: signsInUntil === null ? "Not managed." : `Signs in until ${at(signsInUntil)}.`,
        rest: " Nobody has told Nolapse where its credentials go.",
      };
    case "renewed-elsewhere":
      return {
        strong: signsIn ? "Renewed elsewhere." : "Its last credential has ended.",
        rest: `${because} Nolapse leaves it alone.`,
      };
    case "ended":
      return {
        strong:
          next.at === null ? "All its credentials have ended." : `The last of its credentials ended on ${at(next.at)}.`,
        rest: " It is not managed; whether anybody uses it Nolapse has not been told.",
      };
    default:
      return { strong: "No credential that ends.", rest: " Nothing can end." };
  }
}

type CredentialAnswer = Answer<"GET /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}">;

/** Whose a credential is to remove. */
export const ORIGIN_WORDS: Readonly<Record<CredentialAnswer["origin"], string>> = {
  ours: "made by Nolapse",
  adopted: "adopted: Nolapse replaces it, and may remove it then",
  foreign: "not ours: Nolapse never removes it",
};

/** How a credential came to be there. */
export const MADE_WORDS: Readonly<Record<CredentialAnswer["made"]["how"], string>> = {
  rotation: "Nolapse,",
  person: "a person through Nolapse:",
  elsewhere: "somebody without Nolapse",
  unknown: "not noted: it was there before Nolapse looked",
};

/** "applications: 3 of them managed": under the number of those that could not sign in. */
export function lapsesWords({ count, managed }: { readonly count: number; readonly managed: number }): string {
  if (count === 0) return "no application";
  if (count === 1) return managed === 1 ? "application, managed" : "application, not managed";
  return `applications: ${managed === 0 ? "none" : grouped(managed)} of them managed`;
}
