/**
 * The rules that limit what one mistake can reach (design §4.4, §4.6, §4.7), each switched off by the smallest change of our own
 * sources. `test/simulation/rules` has a small tenant for each, in which something bad happens without it and nothing with it.
 */
import type { Change, Mutant } from "./list.ts";

const off = (
  name: RuleName,
  mistake: string,
  file: string,
  find: string,
  put: string,
  ...others: readonly Change[]
): RuleMutant => ({ name, mistake, changes: [{ file, find, put }, ...others] });

export type RuleName =
  | "rule-mode"
  | "rule-ramp"
  | "rule-hourly-limit"
  | "rule-waves"
  | "rule-breaker"
  | "rule-stop"
  | "rule-lossy-scan"
  | "rule-window"
  | "rule-freeze"
  | "rule-approval"
  | "rule-two-persons"
  | "rule-privileged"
  | "rule-budget"
  | "rule-evidence"
  | "rule-reload"
  | "rule-foresight";

export interface RuleMutant extends Mutant {
  readonly name: RuleName;
}

export const RULES: readonly RuleMutant[] = [
  off(
    "rule-mode",
    "observe and propose write like enforce",
    // two checks ask for it, so it is taken from what they judge by
    "src/engine/facts.ts",
    `    mode: settings.mode,`,
    `    mode: "enforce",`,
  ),
  off(
    "rule-ramp",
    "a tenant new to us is rotated at full speed",
    "src/core/schedule/blast-radius.ts",
    `const step = RAMP.find((one) => tally.clean < one.below);`,
    `const step = RAMP.find((one) => tally.clean + RAMP_ENDS_AT < one.below);`,
  ),
  off(
    "rule-hourly-limit",
    "issuesPerHour is not looked at",
    "src/core/schedule/blast-radius.ts",
    `if (hourUntil !== null) return`,
    `if (hourUntil !== null && now < 0) return`,
  ),
  off(
    "rule-waves",
    "everything that may go early goes at once",
    "src/core/schedule/blast-radius.ts",
    `return used < waveSize(wave, used + dueNow)`,
    `return used < Number.MAX_SAFE_INTEGER + waveSize(wave, used + dueNow)`,
  ),
  off(
    "rule-breaker",
    "failures in a row are counted and nothing follows",
    "src/core/schedule/blast-radius.ts",
    `if (newest.length === FAILURES_IN_A_ROW && newest.every((ok) => !ok)) {`,
    `if (newest.length > FAILURES_IN_A_ROW && newest.every((ok) => !ok)) {`,
  ),
  off(
    "rule-stop",
    "what was told to stop goes on with what is open",
    "src/core/rotation/checks.ts",
    `judge: ({ facts }) => (facts.stopped ? wait(null, "stopped") : null) };`,
    `judge: ({ facts }) => (facts.stopped && facts.asSelf === true ? wait(null, "stopped") : null) };`,
    // the second look, right before each effect
    {
      file: "src/engine/rotation/claimed.ts",
      find: `if (why !== null) throw new NolapseError("refused-by-stop"`,
      put: `if (why === "") throw new NolapseError("refused-by-stop"`,
    },
  ),
  off(
    "rule-lossy-scan",
    "a scan that lost a quarter of the tenant is as good as any",
    "src/core/schedule/blast-radius.ts",
    `return !(lost <= 0.1);`,
    `return !(lost <= 1);`,
  ),
  off(
    "rule-window",
    "a maintenance window is not waited for",
    "src/core/rotation/checks.ts",
    `return answer.open ? null : wait(answer.next, "outside-window");`,
    `return answer.open || now > 0 ? null : wait(answer.next, "outside-window");`,
  ),
  off(
    "rule-freeze",
    "a freeze is not kept",
    "src/core/rotation/checks.ts",
    `return answer.frozen ? wait(answer.until, "frozen") : null;`,
    `return answer.frozen && now < 0 ? wait(answer.until, "frozen") : null;`,
  ),
  off(
    "rule-approval",
    "approval: both asks nobody",
    "src/core/rotation/own-credential.ts",
    `policy.approval === what || policy.approval === "both";`,
    `policy.approval === what;`,
  ),
  off(
    "rule-two-persons",
    "one person's word is enough for any application",
    "src/core/policy/approval.ts",
    `.map((one) => one.id)).size >= persons;`,
    `.map((one) => one.id)).size >= Math.min(persons, 1);`,
  ),
  off(
    "rule-privileged",
    "an application that could master the tenant is rotated as any other",
    "src/core/policy/privilege.ts",
    `return privileges.length === 0 ? policy :`,
    `return privileges.length >= 0 ? policy :`,
  ),
  off(
    "rule-budget",
    "the whole of Graph's limits is used, not our share",
    "src/core/schedule/budget.ts",
    `Math.min(share * this.#trust(account, now), left)`,
    `Math.min(Math.ceil(share) * this.#trust(account, now), left)`,
  ),
  off(
    "rule-evidence",
    "a use of the old credential is not waited out",
    "src/core/rotation/use-evidence.ts",
    `  const quiet = latest(latest(verifiedAt, since), oldUse?.at ?? since);\n  const at = plus(quiet, window);`,
    `  const quiet = verifiedAt;\n  const at = verifiedAt;`,
  ),
  off(
    "rule-reload",
    "the overlap is what the policy says, however slowly a consumer reloads",
    "src/core/policy/reload.ts",
    `return Math.max(policy.overlap, reloadBound(targets).slowest + TOKEN_LIFE);`,
    `return Math.min(policy.overlap, reloadBound(targets).slowest + TOKEN_LIFE);`,
  ),
  off(
    "rule-foresight",
    "what the tenant's policy forbids is tried all the same",
    "src/core/policy/app-policy.ts",
    `if (!one.isEnabled || !isMeant(one, holder)) continue;`,
    `if (!one.isEnabled || lifetime > 0 || !isMeant(one, holder)) continue;`,
  ),
];
