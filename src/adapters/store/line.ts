/**
 * The verbs of one database file, one after another: each sees all of the one before it, and nothing of one half done.
 *
 * Writes that come while the disk is still owed a flush share it: each is a savepoint of its own, undone alone when it throws, and
 * nobody, a reader in between included, hears of anything before all of it is on disk. A lease alone waits for no flush: what ends with
 * the machine's power is over for its holder, too.
 */
import type { DatabaseSync } from "node:sqlite";

interface Verb {
  readonly handle: DatabaseSync;
  readonly kind: "read" | "write" | "lease" | "long" | "alone";
  /** Does the work. Gives what answers the caller once the answer may be known; null for work that answers by itself. */
  readonly run: () => Promise<() => void>;
  readonly fail: (why: unknown) => void;
  /** Of a long one: work beside the event loop that others who write wait for as well. */
  readonly afterwards?: (() => Promise<void>) | undefined;
}

/** Verbs that share one flush: more than ever work side by side, so that nobody waits for an endless stream of others. */
const MOST_SHARING = 64;

/** What may come into a transaction that others have begun. */
const SHARING: ReadonlySet<Verb["kind"]> = new Set(["read", "write", "lease"]);

export class Line {
  readonly #waiting: Verb[] = [];
  readonly #gathers: boolean;
  #busy = false;
  /** Whether a long transaction is open on a handle of its own; meanwhile nothing but reads is served. */
  #isLong = false;

  /** `gathers`: whether a write waits for others to share its flush; nothing is won where nothing is flushed. */
  constructor(gathers: boolean) {
    this.#gathers = gathers;
  }

  /** Reads what is on disk. */
  async read<T>(handle: DatabaseSync, work: () => Promise<T>): Promise<T> {
    if (this.#busy) return this.#enter(handle, "read", work);
    // nobody stands in line: most reads are over sooner than they would have taken their place in it
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
      if (this.#waiting.length > 0) void this.#serve();
    }
  }

  /** One writing transaction. Its answer comes when it is on disk; where `work` throws, nothing of it ever is. */
  write<T>(handle: DatabaseSync, work: () => Promise<T>): Promise<T> {
    return this.#enter(handle, "write", work);
  }

  /** The same for a lease, which need not outlive the machine's power: seen by others when it is answered, on disk with the next write. */
  lease<T>(handle: DatabaseSync, work: () => Promise<T>): Promise<T> {
    return this.#enter(handle, "lease", work);
  }

  /**
   * One writing transaction that lets the event loop turn in between. Its handle is nobody else's, so that those who read by theirs go on
   * meanwhile and see what was before; SQLite lets one write at a time, so others that write wait here and not inside of it. They wait for
   * what is done `afterwards` too, whatever comes of it; the answer does not.
   */
  long<T>(handle: DatabaseSync, work: () => Promise<T>, afterwards?: () => Promise<void>): Promise<T> {
    return this.#enter(handle, "long", work, afterwards);
  }

  /** What no transaction may be open for: closing, copying. */
  alone<T>(handle: DatabaseSync, work: () => Promise<T>): Promise<T> {
    return this.#enter(handle, "alone", work);
  }

  #enter<T>(
    handle: DatabaseSync,
    kind: Verb["kind"],
    work: () => Promise<T>,
    afterwards?: Verb["afterwards"],
  ): Promise<T> {
    return new Promise<T>((give, fail) => {
      const run = async () => {
        const result = await work();
        return () => give(result);
      };
      this.#waiting.push({ handle, kind, run, fail, afterwards });
      if (!this.#busy) void this.#serve();
    });
  }

  async #serve(): Promise<void> {
    this.#busy = true;
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      if (first.kind === "long") this.#begin(first);
      else if (first.kind === "write") await (this.#gathers ? this.#share(first) : this.#single(first));
      else if (first.kind === "lease") await (this.#gathers ? this.#unflushed(first) : this.#single(first));
      else await first.run().then((answer) => answer(), first.fail);
    }
    this.#busy = false;
  }

  #first(): Verb | undefined {
    if (!this.#isLong) return this.#waiting.shift();
    const place = this.#waiting.findIndex(({ kind }) => kind === "read");
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  /** Begins a long transaction; when it is over, those who waited for it are served. */
  #begin(verb: Verb): void {
    this.#isLong = true;
    const goOn = () => {
      this.#isLong = false;
      if (!this.#busy) void this.#serve();
    };
    void this.#single(verb)
      .then(() => verb.afterwards?.())
      .then(goOn, goOn);
  }

  /** A transaction of its own. */
  async #single({ handle, run, fail }: Verb): Promise<void> {
    try {
      handle.exec("BEGIN IMMEDIATE");
      const answer = await run();
      handle.exec("COMMIT");
      answer();
    } catch (thrown) {
      if (handle.isTransaction) handle.exec("ROLLBACK");
      fail(thrown);
    }
  }

  /** A transaction that the disk is not waited for. It cannot be said within one, so what must be flushed never shares it. */
  async #unflushed(verb: Verb): Promise<void> {
    try {
      verb.handle.exec("PRAGMA synchronous = NORMAL");
      await this.#single(verb);
    } catch (thrown) {
      verb.fail(thrown);
    }
  }

  /** Said before each transaction that must be flushed: what a lease has said may stand where its end has failed. */
  #beginFlushed(handle: DatabaseSync): void {
    handle.exec("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
  }

  /** One transaction for this write and those of the same handle that come before the event loop has turned once. */
  async #share(first: Verb): Promise<void> {
    const { handle } = first;
    const done: { readonly answer: () => void; readonly verb: Verb }[] = [];
    const take = async (verb: Verb) => {
      try {
        done.push({ answer: await inSavepoint(handle, verb), verb });
      } catch (thrown) {
        if (!handle.isTransaction) throw thrown;
        const fail = () => verb.fail(thrown);
        done.push({ answer: fail, verb: { ...verb, fail } });
      }
    };
    let current: Verb | undefined = first;
    try {
      this.#beginFlushed(handle);
      for (let turned = false; current !== undefined; ) {
        await take(current);
        current = this.#next(handle, done.length);
        if (current === undefined && !turned) {
          turned = true;
          await new Promise<void>((go) => setImmediate(go));
          current = this.#next(handle, done.length);
        }
      }
      handle.exec("COMMIT");
    } catch (thrown) {
      if (handle.isTransaction) handle.exec("ROLLBACK");
      for (const { verb } of done) verb.fail(thrown);
      current?.fail(thrown);
      return;
    }
    for (const { answer } of done) answer();
  }

  #next(handle: DatabaseSync, sharing: number): Verb | undefined {
    const [first] = this.#waiting;
    const joins = first?.handle === handle && SHARING.has(first.kind) && sharing < MOST_SHARING;
    return joins ? this.#waiting.shift() : undefined;
  }
}

async function inSavepoint(handle: DatabaseSync, verb: Verb): Promise<() => void> {
  if (verb.kind === "read") return verb.run();
  handle.exec("SAVEPOINT verb");
  try {
    const answer = await verb.run();
    handle.exec("RELEASE verb");
    return answer;
  } catch (thrown) {
    if (handle.isTransaction) handle.exec("ROLLBACK TO verb; RELEASE verb");
    throw thrown;
  }
}

const lines = new Map<string, WeakRef<Line>>();

/**
 * The line of a file, shared by all of this process that have it open. SQLite waits for a lock by blocking the thread, and a
 * second handle in the same process would so keep the first one from ever giving it back.
 */
export function lineFor(path: string): Line {
  const inFile = path !== ":memory:";
  const known = inFile ? lines.get(path)?.deref() : undefined;
  if (known !== undefined) return known;
  const line = new Line(inFile);
  if (inFile) lines.set(path, new WeakRef(line));
  return line;
}
