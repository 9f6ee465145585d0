/** A process in which one rule may be switched off (`node --import …/plant.ts`): lives in the rule's tenant and says what was bad. */
import type { RuleName } from "../../../scripts/mutants/rules.ts";
import { TENANTS } from "./tenants.ts";

const [rule] = process.argv.slice(2);
const bad = await TENANTS[rule as RuleName]();
process.send?.(bad, () => process.exit(0));
