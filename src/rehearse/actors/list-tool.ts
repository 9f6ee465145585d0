/**
 * Another tool that keeps certificates on the same applications, as many do: it reads the list, thinks for a while, and sends
 * the whole of it back with one of its own more, or one less. Nobody has told it of lost updates.
 */
import type { HolderRef } from "../../core/credentials/credential.ts";
import { DAY, type DurationMs, type EpochMs, plus, SECOND } from "../../core/time.ts";
import type { Chance } from "../stage/chance.ts";
import type { Ground } from "../stage/ground.ts";
import type { Call, Story } from "../stage/story.ts";
import type { Watch } from "../watch/invariants.ts";

const NAME = "theirs";
/** How many of its own it leaves standing. */
const MOST = 4;
const FIRST = 2;
const THEIRS_LAST: DurationMs = 200 * DAY;
/** The longest it thinks, in seconds. */
const THINKS = 150;
/** How often it happens to be at work when Nolapse reads a list, and when Nolapse replaces one. */
const BESIDE_A_READ = 0.15;
const BESIDE_A_WRITE = 0.3;

export interface ListToolReach {
  readonly ground: Ground;
  readonly watch: Watch;
  readonly story: Story;
  readonly chance: Chance;
  isContested(appId: string): boolean;
  now(): EpochMs;
  after(pause: DurationMs, work: () => Promise<void>): void;
}

export class ListTool {
  readonly #reach: ListToolReach;

  constructor(reach: ListToolReach) {
    this.#reach = reach;
  }

  /** Before Nolapse comes: it has some of its own there. */
  async begin(holder: HolderRef): Promise<void> {
    const { ground, watch, chance, now } = this.#reach;
    for (let made = 0; made < FIRST; made += 1) {
      const added = { name: NAME, end: plus(now(), THEIRS_LAST), keyId: chance.uuid() };
      await ground.outside.writeList(holder, { kept: await ground.outside.readList(holder), added });
    }
    await watch.look(holder);
  }

  /** Where Nolapse is at work on a list, chance has it that the tool is, too. */
  async beside({ port, method, args }: Call): Promise<void> {
    if (port !== "certificates") return;
    const holder = args[0] as HolderRef;
    if (!this.#reach.isContested(holder.appId)) return;
    const often = method === "readCertificates" ? BESIDE_A_READ : BESIDE_A_WRITE;
    if (this.#reach.chance.hits(often)) await this.visit(holder);
  }

  /** It reads now, and writes later. */
  async visit(holder: HolderRef): Promise<void> {
    const { ground, chance, after } = this.#reach;
    const entries = await ground.outside.readList(holder);
    after(chance.between(1, THINKS) * SECOND, () => this.#write(holder, entries));
  }

  async #write(holder: HolderRef, entries: readonly string[]): Promise<void> {
    const { ground, watch, story, chance, now } = this.#reach;
    const own = entries.filter((entry) => (JSON.parse(entry) as { displayName: string | null }).displayName === NAME);
    const removed = own.length > 0 && (own.length >= MOST || chance.hits(0.5)) ? chance.pick(own) : null;
    const added = removed === null ? { name: NAME, end: plus(now(), THEIRS_LAST), keyId: chance.uuid() } : null;
    const before = this.#idsOf(holder);
    await ground.outside.writeList(holder, { kept: entries.filter((entry) => entry !== removed), added });
    await watch.look(holder);
    const after = this.#idsOf(holder);
    const gone = [...before].filter((keyId) => !after.has(keyId));
    const back = [...after].filter((keyId) => !before.has(keyId) && keyId !== added?.keyId);
    for (const keyId of gone) watch.removedByOthers(keyId, removed?.includes(keyId) === true);
    for (const keyId of back) watch.broughtBackByOthers(keyId);
    const what = `another tool writes the list: ${added === null ? "one less" : "one more"}`;
    const beside = gone.length + back.length > 1 || (gone.length === 1 && removed === null) ? ", and loses others" : "";
    story.event(now(), `${what}${beside} (${[...gone, ...back].join(" ")})`, holder.appId);
  }

  #idsOf(holder: HolderRef): ReadonlySet<string> {
    const { watch } = this.#reach;
    return new Set(watch.truth(holder.objectId).flatMap((one) => (one.kind === "certificate" ? [one.keyId] : [])));
  }
}
