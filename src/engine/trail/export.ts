/** The sealed trail of a tenant as lines: for `nolapse audit export`, and for checking the store itself. */
import {
  type CheckpointLine,
  type EntryLine,
  GENESIS,
  type HeaderLine,
  signed,
  type TrailLine,
} from "../../core/audit/audit-chain.ts";
import { NolapseError } from "../../core/errors.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { Notary } from "../../ports/notary.ts";
import type { Link } from "../../ports/trail.ts";
import type { Deps } from "../deps.ts";
import { entryLine, sealTrail } from "./seal.ts";

/** Links read at a time. */
const BATCH = 500;

/**
 * The lines from the first entry at or after `since` on: the header, then entries, each checkpoint after the entry it is
 * about. What is not sealed yet is sealed before. @throws NolapseError `seal-key-missing` where there is no key to sign with.
 */
export async function* exportTrail(deps: Deps, since: EpochMs | null): AsyncGenerator<TrailLine> {
  const { store, settings, notary } = deps;
  if (notary === undefined) {
    throw new NolapseError("seal-key-missing", "without a configuration file there is no audit trail to seal", {
      next: "name the file with --config",
    });
  }
  await sealTrail(deps);
  const { tenantId } = settings;
  const { head } = await store.unsealed(tenantId, 1);
  const from = await startOf(deps, since, head?.position ?? 0);
  const to = { position: head?.position ?? 0, hash: head?.hash ?? GENESIS };
  const exportedAt = formatInstant(await deps.clock.now());
  yield headerLine(notary, { kind: "header", version: 1, tenant: tenantId, exportedAt, from, to });
  let { position, previous } = { ...from, position: from.position - 1 };
  while (position < to.position) {
    const { lines, end } = await stretchAfter(deps, position, previous);
    if (end === null) return;
    // sealed after the header was made: left to the next export
    yield* lines.filter((line) => line.position <= to.position);
    position = end.position;
    previous = end.hash;
  }
}

/** Some hundred links of the chain after a position as lines, each checkpoint after the entry it is about, and the last link; null at the end of the chain. */
export async function stretchAfter(
  { store, settings }: Pick<Deps, "store" | "settings">,
  position: number,
  previous: string,
): Promise<{ readonly lines: readonly (EntryLine | CheckpointLine)[]; readonly end: Link | null }> {
  const { tenantId } = settings;
  const read = await store.links(tenantId, position, BATCH);
  const marks = new Map((await store.checkpoints(tenantId, position, BATCH)).map((one) => [one.position, one]));
  const lines: (EntryLine | CheckpointLine)[] = [];
  let before = previous;
  for (const { link, entry } of read) {
    if (entry !== null) lines.push({ ...entryLine(entry, link.position, before), hash: link.hash });
    before = link.hash;
    const mark = marks.get(link.position);
    if (mark !== undefined) lines.push({ kind: "checkpoint", tenant: tenantId, ...mark, at: formatInstant(mark.at) });
  }
  return { lines, end: read.at(-1)?.link ?? null };
}

/** What a part of the trail holds, signed. */
export function headerLine(notary: Notary, body: Omit<HeaderLine, "publicKey" | "signature">): HeaderLine {
  const line = { ...body, publicKey: notary.publicKey };
  return { ...line, signature: notary.sign(signed(line)) };
}

/** The first position whose entry is not older than `since`, and the hash before it. */
async function startOf(
  { store, settings }: Deps,
  since: EpochMs | null,
  end: number,
): Promise<{ readonly position: number; readonly previous: string }> {
  let previous = GENESIS;
  if (since === null) return { position: 1, previous };
  for (let after = 0; after < end; ) {
    const read = await store.links(settings.tenantId, after, BATCH);
    for (const { link, entry } of read) {
      if (entry !== null && entry.at >= since) return { position: link.position, previous };
      previous = link.hash;
    }
    after = read.at(-1)?.link.position ?? end;
  }
  return { position: end + 1, previous };
}
