/** The kinds of faults that a rehearsal meets, in words for people: what each is, and how Nolapse answers it. */

export const FAULT_KINDS = {
  "sign-in-lag": {
    name: "A new credential is not honoured yet",
    answer: "it signs in with it again and again, and hands it over only when it is honoured",
  },
  "read-lag": {
    name: "A change is not seen yet",
    answer: "it takes no single look for proof, and looks again",
  },
  "lost-answer": {
    name: "The change is made, its answer lost",
    answer: "it looks for what it has made by its marker, removes it, and makes another",
  },
  conflict: {
    name: "Refused because somebody else is writing",
    answer: "it tries again, ever more seldom",
  },
  throttle: {
    name: "Told to wait",
    answer: "it waits at least as long as it is told, and tries again",
  },
  "broken-connection": {
    name: "The connection breaks",
    answer: "it looks whether its change was made, and tries again",
  },
  slow: {
    name: "An answer takes its time",
    answer: "it waits, and keeps its hold on what it is doing",
  },
  "conditional-access": {
    name: "Conditional Access refuses a sign-in",
    answer: "it takes for proof that the credential is recognised, and tries its own sign-in again",
  },
  place: {
    name: "A place does not answer, or gives its old copy",
    answer: "it keeps the old credential, and tries again until it reads the new one back",
  },
  crash: {
    name: "Nolapse dies in the middle of something",
    answer: "it is started again, and goes on from what it has stored",
  },
} as const satisfies Record<string, { readonly name: string; readonly answer: string }>;

export type FaultKind = keyof typeof FAULT_KINDS;

export const FAULT_KIND_NAMES = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];
