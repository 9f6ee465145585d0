/** A consumer whose place gives an old copy once more: what that copy was refused for before is no second lapse. */
import { expect, test } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs, HOUR, plus } from "../../src/core/time.ts";
import { Consumption } from "../../src/rehearse/actors/consumption.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import { Consumer } from "../../src/rehearse/world/consumers.ts";
import { Place } from "../../src/rehearse/world/places.ts";
import { consignment } from "../conformance/target.suite.ts";

const OLD = new SecretValue("the old value");
const NEW = new SecretValue("the new value");

function scene() {
  let now = epochMs(0);
  const works = new Set<SecretValue>([OLD, NEW]);
  const place = new Place({
    name: "a place",
    reload: HOUR,
    value: OLD,
    chance: new Chance("consumers"),
    faults: { fails: 0, forgets: 0, stale: 1, stalls: 0 },
    now: () => now,
    onHook: () => {},
  });
  const consumer = new Consumer({
    place,
    reload: HOUR,
    signIn: { authority: "https://login.microsoftonline.com", tenant: "t", clientId: "c", scope: "s" },
    verifier: {
      probe: async (_, value) => ({ outcome: works.has(value) ? "issued" : "not-authenticated", code: null }) as never,
    },
    chance: new Chance("consumers"),
  });
  return {
    place,
    consumer,
    works,
    later: () => {
      now = plus(now, HOUR);
    },
    lapses: async () => {
      consumer.take();
      return (await consumer.signIn()).lapse;
    },
  };
}

test("an old copy that was refused before and is given once more while the new one settles is the same lapse", async () => {
  const { place, works, later, lapses } = scene();
  expect(await lapses()).toBe(false);
  works.delete(OLD);
  expect(await lapses()).toBe(true);
  await place.deliver(consignment(NEW));
  expect(await lapses()).toBe(false); // still the old one, refused like the last time
  later();
  expect(await lapses()).toBe(false);
  await place.deliver(consignment(NEW));
  expect(place.copy).toBe(OLD);
  expect(await lapses()).toBe(false);
  later();
  works.delete(NEW);
  expect(await lapses()).toBe(true);
});

test("a refused copy that is written again, and an old copy refused for the first time, are lapses", async () => {
  const { place, works, later, lapses } = scene();
  expect(await lapses()).toBe(false);
  await place.deliver(consignment(NEW));
  later();
  expect(await lapses()).toBe(false);
  await place.deliver(consignment(NEW));
  works.delete(OLD);
  expect(await lapses()).toBe(true);
  later();
  expect(await lapses()).toBe(false);
  place.overwrite(OLD);
  expect(await lapses()).toBe(true);
});

test("one that has not been started signs in nowhere", async () => {
  const { consumer } = scene();
  const around = { story: { event: () => undefined }, turns: { now: epochMs(0), event: () => undefined } };
  const books = { rules: { signedIn: () => undefined } };
  const consumption = new Consumption({ ...around, books, watch: { keyIdOf: () => null } } as never);
  await consumption.signIn(consumer);
  expect(consumption.signIns).toBe(0);
  await consumption.start(consumer);
  expect(consumption.signIns).toBe(1);
});
