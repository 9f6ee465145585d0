/** Two slots that rest on one credential: it stays until each has its own successor, and the book of slots finds where it does not. */
import { describe, expect, test } from "vitest";
import type { TenantSettings } from "../../src/core/policy/settings.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import type { Word } from "../../src/rehearse/plan/words.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";
import { takenFromOtherSlots } from "../../src/rehearse/watch/slot-books.ts";
import { NOW, rotation } from "../core/make.ts";
import { memoryGround } from "./memory-ground.ts";

/** What is said of the removal of `old`, which the place of another slot holds by `copy`. */
function removed(parts: Partial<Rotation> = {}, copy: string | null = "old", slots = ["default", "second"]) {
  const one = rotation({ id: "one", replaces: "old", replacesEnd: plus(NOW, DAY), state: "verified", ...parts });
  const targets = (slot: string) => (slot === one.slot ? ["its own"] : ["another"]);
  const binding = { appId: one.holder.appId, slots: slots.map((slot) => ({ slot, targets: targets(slot) })) };
  const around = {
    rotations: Committed.of([["one", one]]),
    copyIn: (target: string) => (target === "another" ? copy : "old"),
  };
  const call = { port: "entra", method: "removeSecret", args: [one.holder, "old"] } as const;
  const settings = { bindings: [binding] } as unknown as TenantSettings;
  const applied = { ok: true, value: { outcome: "applied" } } as const;
  return takenFromOtherSlots(call, applied, around, settings, NOW).map(({ what }) => what);
}

describe("the book", () => {
  test("finds what is taken away while a place of another slot gives it", () => {
    expect(removed()).toEqual(["key id old was removed although another of another slot holds it"]);
  });

  test.each<[string, Parameters<typeof removed>]>([
    ["that place was given another one", [{}, "new"]],
    ["nobody knows what it holds", [{}, null]],
    ["there is no other slot", [{}, "old", ["default"]]],
    ["it has ended by itself", [{ replacesEnd: NOW }]],
    ["it leaked", [{ emergency: { at: NOW, actor: "entra:ann" } }]],
    ["it is not the old one of a verified rotation", [{ state: "planned" }]],
  ])("finds nothing where %s", (_, parts) => {
    expect(removed(...parts)).toEqual([]);
  });
});

describe("in a world", () => {
  const live = async (words: readonly Word[], days: number) => {
    const plan: WorldPlan = {
      applications: [{ displayName: "one", policy: "quick", left: 25 * DAY, reloads: [MINUTE] }],
      limits: null,
      places: GOOD_PLACES,
      words,
    };
    const removals: number[] = [];
    const options = { seed: 1, duration: days * DAY, plan, crashes: NO_CRASHES, faults: false } as const;
    const { findings, figures } = await rehearse(memoryGround(), {
      ...options,
      observe: ({ method }, at) => void (method === "removeSecret" && removals.push(at)),
    });
    const start = Date.UTC(2026, 0, 1);
    return { told: findings.map(tell), figures, days: removals.map((at) => (at - start) / DAY) };
  };
  const shared = (state: "verified" | "delivered" | null, mended: number | null): Word => ({
    ...{ at: 0, application: "one", what: "slot-shared", reload: HOUR, mended },
    moment: { states: state === null ? [] : [state], later: MINUTE },
  });

  test("without another slot the old one goes after an overlap of three days", async () => {
    const alone = await live([], 20);
    expect(alone).toMatchObject({ told: [], figures: { retired: 1 } });
    expect(alone.days[0]).toBeLessThan(12);
  });

  test.each(["delivered", "verified"] as const)(
    "named by a second slot while its rotation is %s, it stays to its own end, which is told",
    async (state) => {
      const { told, figures, days } = await live([shared(state, null)], 34);
      expect(told).toEqual([]);
      expect(days).toHaveLength(1);
      expect(days[0]).toBeGreaterThanOrEqual(25);
      // who reads it in the second slot has been told of it
      expect(figures.excused).toBe(1);
    },
  );

  test("made one slot again, both places have the new one before it goes, early", async () => {
    const { told, figures, days } = await live([shared("verified", 4 * DAY)], 24);
    expect(told).toEqual([]);
    // the one that both had, and its successor, which the second place was never given
    expect(figures).toMatchObject({ excused: 0, retired: 2, words: { "place-served done": 1 } });
    // made one slot on the eighth day, with an overlap of three days from when the second place has the new one
    expect(days[0]).toBeGreaterThanOrEqual(11);
    expect(days[0]).toBeLessThan(13);
  });

  test("of two slots that share one from the beginning neither is begun until somebody makes one of them", async () => {
    const never = await live([shared(null, null)], 24);
    expect(never).toMatchObject({ told: [], figures: { rotations: 0 }, days: [] });
    const mended = await live([shared(null, 10 * DAY)], 24);
    expect(mended).toMatchObject({ told: [], figures: { excused: 0, retired: 1 } });
  });
});
