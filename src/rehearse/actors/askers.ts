/**
 * Says what the words of a plan say, each at its moment and by the engine's own function, as command line and API call it; and grants
 * applications roles and takes them away again. A refusal is an answer: it is told in the story, and counted.
 */
import { asNolapseError } from "../../core/errors.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, MINUTE, plus } from "../../core/time.ts";
import { adopt } from "../../engine/commands/adopt.ts";
import { askRemoval, foreseeRemoval, type RemovalPlace } from "../../engine/commands/ask-removal.ts";
import { askEmergency } from "../../engine/commands/emergency.ts";
import { continueRotation, pauseRotation } from "../../engine/commands/pause.ts";
import { continueApplication, pauseApplication } from "../../engine/commands/pause-application.ts";
import { tryNow } from "../../engine/commands/try-now.ts";
import { askUndo } from "../../engine/commands/undo.ts";
import type { Deps } from "../../engine/deps.ts";
import { discover } from "../../engine/scan/discover.ts";
import { approveReveal, askReveal, showApproved } from "../../engine/values/reveal-request.ts";
import { reveal } from "../../engine/values/show.ts";
import { MOMENT_WITHIN, type Word } from "../plan/words.ts";
import type { Clocks } from "../stage/clocks.ts";
import type { Ground } from "../stage/ground.ts";
import type { Story } from "../stage/story.ts";
import type { Books } from "../watch/books.ts";
import type { Watch } from "../watch/invariants.ts";
import type { Consumer } from "../world/consumers.ts";
import type { Inhabitant, World } from "../world/world.ts";
import { Editors } from "./editors.ts";
import { FIRST, SECOND } from "./person.ts";

/** What of the run the askers need. */
export interface Reach {
  readonly ground: Ground;
  readonly world: World;
  readonly watch: Watch;
  readonly books: Books;
  readonly story: Story;
  readonly clocks: Clocks;
  now(): EpochMs;
  after(pause: DurationMs, work: () => Promise<void>): void;
  /** Something a person does by a command, in the process of somebody who may crash in its middle. */
  asPerson(work: (deps: Deps) => Promise<void>): void;
  /** Somebody edits the entry of one application. */
  rebind: World["rebind"];
  /** The processes read the configuration again. */
  reconfigured(): void;
  /** Nolapse looks after the application again. */
  lookedAfter(inhabitant: Inhabitant): void;
  /** Something begins to sign in with the copy it has. */
  start(consumer: Consumer): Promise<void>;
}

interface Waiting {
  readonly word: Word;
  readonly until: EpochMs;
}

/** A policy under which an old credential lives to its end. */
const KEPT_LONGER = "long";
/** Who has paused something looks so often after it, a day apart, once it may go on: a command may have come to nothing. */
const LOOKS_AFTER = 7;
/** How often he tries to pause what somebody works on. */
const TRIES = 5;
const WHY = "asked for by a person of the rehearsal";

export class Askers {
  readonly #reach: Reach;
  readonly #editors: Editors;
  /** By client id: what is said once a rotation of the application comes to that. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** By client id: what was adopted last, which may be nobody's old one. */
  readonly #adopted = new Map<string, string>();
  /** How often each was said, and how often it was done. */
  readonly counts: Record<string, number> = {};

  constructor(reach: Reach) {
    this.#reach = reach;
    this.#editors = new Editors({ ...reach, does: (what, work) => this.#does(what, work) });
  }

  /** Before the run. */
  prepare(words: readonly Word[]): void {
    for (const word of words) this.#reach.after(word.at, async () => this.#arm(word));
  }

  /** A rotation was just stored. */
  sees(rotation: Rotation): void {
    const waiting = this.#waiting.get(rotation.holder.appId);
    if (waiting === undefined) return;
    const { now, after } = this.#reach;
    const left = waiting.filter(({ until }) => now() < until);
    const due = left.filter(({ word }) => isMoment(word, rotation));
    const rest = left.filter((one) => !due.includes(one));
    if (rest.length === 0) this.#waiting.delete(rotation.holder.appId);
    else this.#waiting.set(rotation.holder.appId, rest);
    for (const { word } of due) after(word.moment.later, () => this.#say(word));
  }

  #arm(word: Word): void {
    const { world, now, after } = this.#reach;
    const appId = world.named(word.application)?.first.holder.appId;
    if (appId === undefined) return;
    const isNow = word.moment.states.length === 0 || this.#of(appId).some((one) => isMoment(word, one));
    if (isNow) after(word.moment.later, () => this.#say(word));
    else this.#waiting.set(appId, [...(this.#waiting.get(appId) ?? []), { word, until: plus(now(), MOMENT_WITHIN) }]);
  }

  async #say(word: Word): Promise<void> {
    const { world, story, now } = this.#reach;
    const inhabitant = world.named(word.application);
    if (inhabitant === undefined) return;
    const { appId } = inhabitant.first.holder;
    story.event(now(), `word: ${word.what} ${word.application}`, appId);
    this.#count(word.what);
    switch (word.what) {
      case "removal-asked":
        return this.#askRemoval(word, appId);
      case "try-asked":
        return this.#tryNow(appId);
      case "leaked":
        return this.#leaked(inhabitant, word.pick);
      case "adopted":
        return this.#adopt(inhabitant, word.pick);
      case "value-asked":
        return this.#askValue(appId);
      case "paused":
        return this.#pause(appId, word.lasts);
      case "application-paused":
        return this.#pauseWhole(appId, word.lasts);
      case "wanted-back":
        return this.#undo(inhabitant, word.length);
      case "thought-again": {
        const change = word.how === "kept-longer" ? { policy: KEPT_LONGER } : ({ consumers: "unknown" } as const);
        return this.#reach.rebind(appId, (binding) => ({ ...binding, ...change }));
      }
      case "privileged":
        return this.#privilege(inhabitant, word);
      default:
        return this.#editors.does(word, inhabitant);
    }
  }

  /** He looks what it overrules, thinks, and says that it goes; who does not look is refused where there is anything. */
  async #askRemoval(word: Word & { readonly what: "removal-asked" }, appId: string): Promise<void> {
    const replaced = this.#of(appId).find(({ state }) => state === "verified")?.replaces;
    const keyId = replaced ?? this.#adopted.get(appId);
    if (keyId === undefined) return;
    const ask = (accepts: readonly ReasonCode[]) =>
      this.#does("removal-asked", async (deps) => {
        const place = await placeOf(deps, appId, keyId);
        this.#reach.books.words.asks(appId, keyId, accepts, deps.settings);
        await askRemoval(deps, place, { accepts, why: WHY, person: FIRST });
      });
    if (!word.isTold) return ask([]);
    this.#reach.asPerson(async (deps) => {
      const { refusal, overrules } = await foreseeRemoval(deps, await placeOf(deps, appId, keyId), FIRST);
      if (refusal !== null) throw refusal;
      const accepts = overrules.map(({ code }) => code);
      this.#reach.after(word.thinks, async () => ask(accepts));
    });
  }

  async #tryNow(appId: string): Promise<void> {
    const rotations = this.#of(appId);
    const one = rotations.find((rotation) => isFailing(rotation)) ?? rotations[0];
    if (one === undefined) return;
    const actor = FIRST.actor;
    this.#does("try-asked", async (deps) => void (await tryNow(deps, one.id, { actor, why: WHY })));
  }

  async #leaked({ first: { holder } }: Inhabitant, pick: number): Promise<void> {
    const keyId = this.#pick(holder.objectId, pick);
    if (keyId === undefined) return;
    this.#does("leaked", async (deps) => {
      this.#reach.books.words.leaks(keyId);
      this.#reach.books.pauses.leaks(keyId);
      await askEmergency(deps, holder.appId, keyId, FIRST);
    });
  }

  async #adopt({ first: { holder } }: Inhabitant, pick: number): Promise<void> {
    const keyId = this.#pick(holder.objectId, pick);
    if (keyId === undefined) return;
    this.#does("adopted", async (deps) => {
      const { before } = await adopt(deps, holder.appId, { keyId, why: WHY, actor: FIRST.actor });
      if (before) this.#count("adopted before");
      this.#adopted.set(holder.appId, keyId);
    });
  }

  /** One person's ask first; where that is refused, as two persons. */
  async #askValue(appId: string): Promise<void> {
    const one = this.#of(appId).at(-1);
    if (one === undefined) return;
    const { books, watch, now } = this.#reach;
    const told = (asked: EpochMs, persons: number) => {
      const why = books.values.shown(one.id, asked, persons);
      if (why !== null) watch.broken(now(), why, appId);
    };
    this.#does("value-asked", async (deps) => {
      const asked = now();
      await reveal(deps, one.id, WHY, FIRST.actor);
      told(asked, 1);
    });
    this.#does("value-asked by two", async (deps) => {
      const asked = now();
      const { id } = await askReveal(deps, one.id, WHY, confirmed(FIRST));
      const persons = new Set([FIRST]);
      await approveReveal(deps, id, confirmed(FIRST)).catch(() => {});
      await showApproved(deps, id, confirmed(FIRST)).then(
        () => told(asked, persons.size),
        () => {},
      );
      await approveReveal(deps, id, confirmed(SECOND));
      await showApproved(deps, id, confirmed(FIRST));
      told(asked, persons.add(SECOND).size);
    });
  }

  /** The certificate that went last, for whoever has its key still. */
  async #undo({ first: { holder } }: Inhabitant, length: DurationMs): Promise<void> {
    const { watch, books } = this.#reach;
    const retired = watch.rotations
      .naming(holder.objectId)
      .findLast((one) => one.state === "retired" && one.holder.objectId === holder.objectId);
    if (retired?.replacesKind !== "certificate") return;
    const actor = FIRST.actor;
    this.#does("wanted-back", async (deps) => {
      books.approvals.approves(retired.id, actor);
      await askUndo(deps, retired.id, { length, actor });
    });
  }

  async #pause(appId: string, lasts: DurationMs): Promise<void> {
    const one = this.#of(appId).find(({ state }) => state !== "halted");
    if (one === undefined) return;
    this.#reach.after(lasts, () => this.#goOn(one.id, LOOKS_AFTER));
    return this.#hold(one.id, TRIES);
  }

  /** Where somebody works on it just then, he tries again, as he is told to. */
  async #hold(id: string, tries: number): Promise<void> {
    const { books, after } = this.#reach;
    if (tries === 0 || books.pauses.holds(id)) return;
    this.#does("paused", async (deps) => {
      await pauseRotation(deps, id, { actor: FIRST.actor, why: WHY });
      books.pauses.pauses(id);
    });
    after(MINUTE, () => this.#hold(id, tries - 1));
  }

  /** The command may be refused, or its process die: whoever paused it looks again. */
  async #goOn(id: string, looks: number): Promise<void> {
    const { books, watch, after } = this.#reach;
    if (looks === 0) return;
    if (watch.rotations.get(id)?.paused !== undefined) {
      books.pauses.continues(id);
      this.#does(
        "continued",
        async (deps) => void (await continueRotation(deps, id, { actor: SECOND.actor, why: null })),
      );
    }
    after(DAY, () => this.#goOn(id, looks - 1));
  }

  async #pauseWhole(appId: string, lasts: DurationMs): Promise<void> {
    this.#reach.after(lasts, () => this.#goOnWhole(appId, LOOKS_AFTER));
    return this.#holdWhole(appId, TRIES);
  }

  async #holdWhole(appId: string, tries: number): Promise<void> {
    const { books, after } = this.#reach;
    if (tries === 0 || books.pauses.holdsWhole(appId)) return;
    this.#does("application-paused", async (deps) => {
      await pauseApplication(deps, appId, { actor: FIRST.actor, why: WHY });
      books.pauses.pausesWhole(appId);
    });
    after(MINUTE, () => this.#holdWhole(appId, tries - 1));
  }

  /** Said again where nobody knows what became of it: it does nothing to one that goes on already. */
  async #goOnWhole(appId: string, looks: number): Promise<void> {
    const { books, after } = this.#reach;
    if (looks === 0) return;
    books.pauses.continuesWhole(appId);
    const said = { actor: SECOND.actor, why: null };
    this.#does("application-continued", async (deps) => void (await continueApplication(deps, appId, said)));
    after(MINUTE, () => this.#goOnWhole(appId, looks - 1));
  }

  async #privilege({ first: { holder } }: Inhabitant, word: Word & { readonly what: "privileged" }): Promise<void> {
    const { ground, books, story, now, after } = this.#reach;
    const principalId = await ground.outside.grantRole(holder, word.by);
    if (principalId === null) return;
    this.#count("privileged done");
    books.approvals.granted(holder.appId, principalId);
    after(word.lasts, async () => {
      story.event(now(), `${word.application} loses its ${word.by}`, holder.appId);
      books.approvals.revoked(principalId);
      await ground.outside.revokeRole(principalId, word.by);
    });
  }

  /** Rotations of the application that are not over, the newest last. */
  #of(appId: string): Rotation[] {
    return this.#reach.watch.rotations.open().filter((one) => one.holder.appId === appId);
  }

  /** One of those the application has, and the directory shows. */
  #pick(objectId: string, pick: number): string | undefined {
    const truth = this.#reach.watch.truth(objectId);
    return truth[Math.floor(pick * truth.length)]?.keyId;
  }

  #does(what: string, work: (deps: Deps) => Promise<void>): void {
    const { asPerson, story, now } = this.#reach;
    asPerson(async (deps) => {
      try {
        await work(deps);
        this.#count(`${what} done`);
      } catch (thrown) {
        const error = asNolapseError(thrown);
        this.#count(`${what} ${error.code}`);
        story.event(now(), `the word ${what} is refused: ${error.message}`, null);
        if (error.code === "unexpected") throw error;
      }
    });
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/** Whoever asks looks at the tenant first, as the command does. */
async function placeOf(deps: Deps, appId: string, keyId: string): Promise<RemovalPlace> {
  const scan = await discover(deps);
  const holders = scan.holders.filter((one) => one.appId === appId);
  return { appId, keyId, holders, privileges: scan.privileges.held.get(appId) ?? [] };
}

function isMoment({ moment: { states } }: Word, rotation: Rotation): boolean {
  return states.some((one) => (one === "failing" ? isFailing(rotation) : rotation.state === one));
}

/** It halted, or the next try waits after a failure. */
function isFailing({ state, lastFailure, notBefore }: Rotation): boolean {
  return state === "halted" || (lastFailure !== null && notBefore !== null);
}

function confirmed({ actor, objectId }: typeof FIRST): { readonly actor: string; readonly objectId: string } {
  return { actor, objectId: objectId ?? "" };
}
