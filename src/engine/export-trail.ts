/** The sealed trail of a tenant as lines: for `nolapse audit export`, and for checking the store itself. */
import { type EntryLine, GENESIS, type HeaderLine, signed, type TrailLine } from "../core/audit/audit-chain.ts";
import { NolapseError } from "../core/errors.ts";
import { type EpochMs, formatInstant } from "../core/time.ts";
import type { Notary } from "../ports/notary.ts";
import type { Deps } from "./deps.ts";
import { entryLine, sealTrail } from "./seal-trail.ts";

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
  let previous = from.previous;
  for (let after = from.position - 1; after < to.position; ) {
    const read = await store.links(tenantId, after, BATCH);
    const last = read.at(-1)?.link.position;
    if (last === undefined) return;
    const marks = new Map((await store.checkpoints(tenantId, after, BATCH)).map((one) => [one.position, one]));
    for (const { link, entry } of read) {
      // sealed after the header was made: left to the next export
      if (link.position > to.position) return;
      if (entry !== null) yield { ...entryLine(entry, link.position, previous), hash: link.hash } satisfies EntryLine;
      previous = link.hash;
      const mark = marks.get(link.position);
      if (mark !== undefined) {
        yield { kind: "checkpoint", tenant: tenantId, ...mark, at: formatInstant(mark.at) };
      }
    }
    after = last;
  }
}

function headerLine(notary: Notary, body: Omit<HeaderLine, "publicKey" | "signature">): HeaderLine {
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
