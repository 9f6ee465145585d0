/** What Help says of a page: the question it answers and how, its keys, and which page of the documentation has more. Pure. */

/** Keys as they stand on a keyboard, and what they do. */
export type Keys = readonly (readonly [keys: string, does: string])[];

export interface Help {
  readonly question: string;
  readonly answers: string;
  /** What has keys of its own on the page, beside {@link EVERYWHERE}. */
  readonly keys: readonly { readonly where: string; readonly keys: Keys }[];
  /** Files in the folder `docs`. */
  readonly docs: readonly string[];
}

export const EVERYWHERE: Keys = [
  ["Ctrl+K", "finds an application, owner, rotation, target, page or command; on a Mac ⌘K"],
  ["Tab", "goes on; first of all it offers to skip to the content"],
  ["Esc", "closes what lies over the page; the focus goes back to where it was"],
];

const LIST: Keys = [
  ["↑ ↓", "row by row; PgUp and PgDn a screen, Home and End to the first and the last"],
  ["Enter", "opens the application"],
  ["Shift+F10", "what can be done with it"],
];

const TIMELINE: Keys = [
  ["← →", "a week; PgUp and PgDn four"],
  ["Home", "today; End the last one"],
  ["Shift", "with them chooses several weeks"],
  ["Enter", "opens what ends in them as a list"],
  ["Esc", "chooses nothing again"],
];

const LIFE_LINE: Keys = [
  ["↑ ↓", "credential by credential"],
  ["← →", "through what happened to it, each with its time; Home and End the first and the last"],
  ["Enter", "opens the credential"],
  ["+ −", "shows less or more time; 0 goes back to today"],
  ["PgUp PgDn", "earlier or later"],
];

const OVERVIEW: Help = {
  question: "Does anything stop, and when?",
  answers:
    "The sentence on top is the answer, the first that holds of: what cannot sign in now, what is past its last safe moment, what stops in 30 days, what stops later. Above the axis of the timeline is what would end if nobody acts, below it what Nolapse renews; what remains stands in the bottom lane.",
  keys: [{ where: "In the timeline", keys: TIMELINE }],
  docs: ["server.md", "alerts.md"],
};

const APPLICATIONS: Help = {
  question: "Which one is next?",
  answers:
    "What stops first is on top. What happens next is one phrase for each application; signs in until is when its last credential ends if nothing is done. Select rows to rotate, hand over or export many.",
  keys: [{ where: "In the list", keys: [...LIST, ["Space", "selects it"]] }],
  docs: ["configuration.md", "reasons.md"],
};

const ROTATIONS: Help = {
  question: "What moves, and what is stuck?",
  answers:
    "What waits for a person is on top; what goes on by itself stands below. The five marks of each are its proofs: issued, accepted, delivered, verified, and after the overlap retired.",
  keys: [],
  docs: ["state-machine.md", "reasons.md"],
};

const PLAN: Help = {
  question: "What will happen, and what waits for me?",
  answers:
    "What waits has a time by which it must be decided; past it nothing is skipped, it becomes urgent. The next 30 days say what is made and what is removed, and how many writes that takes. What cannot be renewed stands by its reason, with what mends it.",
  keys: [],
  docs: ["approvals.md", "reasons.md"],
};

/** The longest that fits is the page's; `*` stands for one part of an address. */
const PAGES: Readonly<Record<string, Help>> = {
  "/t/*": OVERVIEW,
  "/all": OVERVIEW,
  "/t/*/applications": APPLICATIONS,
  "/all/applications": APPLICATIONS,
  "/t/*/rotations": ROTATIONS,
  "/all/rotations": ROTATIONS,
  "/t/*/plan": PLAN,
  "/all/plan": PLAN,
  "/t/*/applications/new": {
    question: "How does a new application begin?",
    answers:
      "With a name, who may sign in to it, and where they are sent back to. It has no credential yet: the page it leads to offers one, a target for it, and a second owner. Which policy will hold is said while you type.",
    keys: [],
    docs: ["configuration.md"],
  },
  "/t/*/applications/*": {
    question: "Until when does it sign in, and what happens then?",
    answers:
      "The sentence below the name is the answer. The life line has a row for each credential: what worked is solid, what the directory has on record is pale with a solid edge, what is planned is pale with a dashed edge; in stripes both work. The ruler below a bar says when it is renewed, urgent, and last safe.",
    keys: [{ where: "In the life line", keys: LIFE_LINE }],
    docs: ["reasons.md", "certificates.md"],
  },
  "/t/*/enterprise": {
    question: "Who is here by consent?",
    answers:
      "The publisher of such an application renews its own secret. Here only what is stored on this tenant's service principal can end.",
    keys: [{ where: "In the list", keys: LIST }],
    docs: ["reasons.md"],
  },
  "/t/*/rotations/*": {
    question: "How far is it, what does it wait for, and what if it stops here?",
    answers:
      "Each step says what is proven, and by what. Beside them stands what holds if everything stopped at this moment: the old credential stays until the new one is proven at every target.",
    keys: [],
    docs: ["state-machine.md", "reasons.md"],
  },
  "/t/*/targets": {
    question: "Can Nolapse write where it must?",
    answers:
      "Each target with its kind, the applications that read from it, and how it was found the last time. Preflight tries it now and writes no value.",
    keys: [],
    docs: [
      "targets/env-file.md",
      "targets/certificate-file.md",
      "targets/local-vault.md",
      "targets/key-vault.md",
      "targets/manual.md",
    ],
  },
  "/t/*/policies": {
    question: "Which rules hold for whom?",
    answers:
      "Read only: they are changed in nolapse.yaml. When the file has changed, this page says what that would change before the server takes it.",
    keys: [],
    docs: ["configuration.md"],
  },
  "/t/*/rehearsals": {
    question: "Would we live through the next two years with it?",
    answers:
      "A rehearsal reads a copy of the tenant and writes nothing. It says what would stop, and what to mend first.",
    keys: [],
    docs: ["rehearsal.md"],
  },
  "/t/*/rehearsals/*": {
    question: "Would we live through the next two years with it?",
    answers:
      "The verdict is the answer; below it what would stop with Nolapse and without it, what to mend first, and the line that repeats this rehearsal exactly.",
    keys: [],
    docs: ["rehearsal.md"],
  },
  "/t/*/audit": {
    question: "Who did what, and is the record unaltered?",
    answers:
      "Each entry seals the one before it, so that one which was changed or taken away shows. Export gives all of it, also where the chain is broken.",
    keys: [],
    docs: ["audit.md"],
  },
  "/t/*/health": {
    question: "Can it work?",
    answers:
      "Each thing Nolapse needs, what it is needed for, and the line that mends it. Pausing all writing stops every write within seconds; sign-ins are not touched.",
    keys: [],
    docs: ["operations.md", "errors.md", "break-glass.md"],
  },
  "/t/*/mine": {
    question: "What of mine needs me?",
    answers: "One card for each application that the directory lists you as an owner of.",
    keys: [],
    docs: ["authorization.md"],
  },
  "/t/*/welcome": {
    question: "What does it take to begin?",
    answers:
      "Connect, scan, see. The scan only reads. Nothing is written to the directory until somebody lets Nolapse renew.",
    keys: [],
    docs: ["identities.md", "operations.md"],
  },
  "/tenants": {
    question: "In which tenant is trouble?",
    answers: "Each tenant with the sentence of its Overview, trouble first.",
    keys: [],
    docs: ["configuration.md"],
  },
};

/** Of the page at a path; of an address that is none, what holds on every page. */
export function helpOf(path: string): Help | null {
  const parts = path.split("/");
  const at = Object.keys(PAGES).filter((pattern) => {
    const wanted = pattern.split("/");
    return wanted.length === parts.length && wanted.every((one, place) => one === "*" || one === parts[place]);
  });
  // `new` is no application
  const best = at.sort((a, b) => stars(a) - stars(b))[0];
  return best === undefined ? null : (PAGES[best] ?? null);
}

function stars(pattern: string): number {
  return pattern.split("*").length;
}

export type MarkName = "octagon" | "triangle" | "tick" | "padlock" | "half" | "ring" | "cross";

/** What each mark means, wherever it stands. */
export const MARKS: Readonly<Record<MarkName, readonly [name: string, means: string]>> = {
  octagon: ["Octagon", "stops, or has stopped: a person is needed"],
  triangle: ["Triangle", "a decision waits, or a deadline is near"],
  tick: ["Tick", "proven, and in order now"],
  padlock: ["Padlock", "renewed by its platform or publisher; Nolapse leaves it alone"],
  half: ["Half circle", "under way"],
  ring: ["Ring", "not yet"],
  cross: ["Cross", "refused, or halted here"],
};
