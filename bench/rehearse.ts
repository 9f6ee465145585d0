/**
 * Row `rehearse`: two years of 200 applications under the default policy, with the usual weather of a directory and crashes, as
 * `nolapse rehearse` lives through a tenant of that size. What a second of one core lives through, against what it should.
 */

import { DAY, HOUR } from "../src/core/time.ts";
import { directoryGround } from "../src/rehearsal-ground.ts";
import { GOOD_PLACES, type WorldPlan } from "../src/rehearse/plan/plan.ts";
import { rehearse } from "../src/rehearse/rehearse.ts";
import type { Row } from "./ratio.ts";

const APPLICATIONS = 200;
const DAYS = 730;
/** Application-years a second and core (design §10). */
const GOAL = 30;

/** Credentials that end one after the other over the coming year, each read from one place every hour. */
function planOf(applications: number): WorldPlan {
  return {
    applications: Array.from({ length: applications }, (_, index) => ({
      displayName: `application ${index + 1}`,
      policy: "default",
      left: (20 + Math.floor((345 * index) / applications)) * DAY,
      reloads: [HOUR],
    })),
    limits: { issuesPerHour: 60 },
    places: GOOD_PLACES,
  };
}

async function live(applications: number, days: number): Promise<number> {
  const ground = await directoryGround({ seed: 1 });
  try {
    const used = process.cpuUsage();
    const { report, findings } = await rehearse(ground, { seed: 1, duration: days * DAY, plan: planOf(applications) });
    const { user, system } = process.cpuUsage(used);
    if (findings.length > 0) throw new Error(`the rehearsal found something: ${findings[0]?.what}`);
    return report.applicationYears / ((user + system) / 1e6);
  } finally {
    await ground.end();
  }
}

/** `days` less than all of it for a quick look. */
export async function rehearsals(days = DAYS): Promise<Row> {
  await live(10, 100);
  const ours = Number((await live(APPLICATIONS, days)).toPrecision(3));
  return {
    name: "rehearse",
    ours,
    other: GOAL,
    ratio: Number((ours / GOAL).toPrecision(3)),
    unit: "application-years a second and core",
    against: "what it should be",
    goal: "≥ 1",
  };
}
