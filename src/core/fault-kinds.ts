/** The kinds of faults that a rehearsal meets, in words for people: what each is, and how Nolapse answers it. */

export const FAULT_KINDS = {
  "sign-in-lag": {
    name: "A new credential is not honoured yet",
    answer: "it signed in with it again and again, and handed it over only when it was honoured",
  },
  "read-lag": {
    name: "A change is not seen yet",
    answer: "it took no single look for proof, and looked again",
  },
  "lost-answer": {
    name: "The change is made, its answer lost",
    answer: "it looked for what it had made by its marker, removed it, and made another",
  },
  conflict: {
    name: "Refused because somebody else is writing",
    answer: "it tried again, ever more seldom",
  },
  throttle: {
    name: "Told to wait",
    answer: "it waited at least as long as it was told, and tried again",
  },
  "broken-connection": {
    name: "The connection breaks",
    answer: "it looked whether its change was made, and tried again",
  },
  slow: {
    name: "An answer takes its time",
    answer: "it waited, and kept its hold on what it was doing",
  },
  "conditional-access": {
    name: "Conditional Access refuses a sign-in",
    answer: "it took for proof that the credential was recognised, and tried its own sign-in again",
  },
  place: {
    name: "A place does not answer, or gives its old copy",
    answer: "it kept the old credential, and tried again until it read the new one back",
  },
  crash: {
    name: "Nolapse dies in the middle of something",
    answer: "it was started again, and went on from what it had stored",
  },
} as const satisfies Record<string, { readonly name: string; readonly answer: string }>;

export type FaultKind = keyof typeof FAULT_KINDS;

export const FAULT_KIND_NAMES = Object.keys(FAULT_KINDS) as [FaultKind, ...FaultKind[]];
