/** A process that lives through seeds as its parent sends them, and answers with what it found. */
import { tell } from "../../src/rehearse/watch/finding.ts";
import { simulate } from "../simulate.ts";
import type { SeedAsked, SeedLived } from "./many.ts";

async function live({ seed, years, applications, pace }: SeedAsked): Promise<SeedLived> {
  const used = process.cpuUsage();
  const { report, figures, findings } = await simulate(seed, years * 365, { applications, pace });
  const { user, system } = process.cpuUsage(used);
  return {
    report,
    figures,
    cpuSeconds: (user + system) / 1e6,
    findings: findings.map((one) => ({ kind: one.kind, what: one.what, told: tell(one) })),
  };
}

// whoever asked is gone: nobody wants the answer
process.once("disconnect", () => process.exit(1));

process.on("message", (asked: SeedAsked) => {
  live(asked).then(
    (lived) => process.send?.(lived),
    (thrown: unknown) => {
      process.stderr.write(`seed ${asked.seed}: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
      process.exit(1);
    },
  );
});
