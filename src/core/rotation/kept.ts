/** What a check has found where it lets the next one be asked: the facts of a decision, in the order of `checks.ts`. */

/** By the check's name. A test holds it to every check there is. */
const KEPT: Readonly<Record<string, string>> = {
  stop: "nobody has stopped writing",
  mode: "the mode forbids nothing of it",
  paused: "nobody has paused it, or its application",
  self: "this process may move it",
  backoff: "no failed try has to be waited after",
  "lost-answers": "no lost answer of the directory has to be looked for first",
  "list-watch": "no list of certificates is being watched",
  "second-attempt": "no withdrawn attempt has to be waited after",
  "in-time": "nothing has to be given up yet",
  tries: "it has not been made too often",
  "targets-bound": "every target is in the configuration",
  "targets-added": "no place was bound since that could be given it",
  "targets-served": "every place that may hold the old one was given the new one, or the old one is over",
  kind: "every target can hold it",
  scan: "the last scan was whole, and lost nothing",
  breaker: "the breaker is closed",
  freeze: "no freeze is on",
  approval: "no approval is missing",
  window: "a window is open, or it is too urgent to wait for one",
  "own-credential-last": "it need not go after all others",
  "own-credential-alone": "nothing has to be done alone",
  pace: "the hour has room for one more",
  preflight: "its targets were tried within the hour",
  make: "the certificate is made and sealed, or none is needed",
  "nothing-to-deliver": "it has to be delivered",
  withdrawal: "nothing is being withdrawn",
  deliver: "every target has the value",
  "sign-in": "its copies can be tried, so nobody else has to sign in",
  verify: "every copy is verified",
  absence: "no removal has to be watched",
  succession: "no later rotation of the slot is in the way",
  "retire-time": "by its time the old one may go",
  "watched-attempts": "no lost attempt is being watched",
  removal: "removal is on",
  wave: "the wave has room for one more",
  "own-credential-proof": "Nolapse has signed in with its new one, or this is not its own",
  evidence: "no reading of the sign-in log speaks against it",
  uses: "no newer reading of log and report is needed",
  proof: "the new one was proven right before",
  undo: "nobody has asked for the old one back, or its time there is over",
};

export function keptSentence(check: string): string {
  return KEPT[check] ?? "nothing speaks against it";
}

/** The checks that have a sentence of their own. */
export const KEPT_CHECKS: readonly string[] = Object.keys(KEPT);
