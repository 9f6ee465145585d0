/** What a directory in memory remembers of changes and sign-ins, for `FakeEntra`. */
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import type { EpochMs } from "../../src/core/time.ts";
import type { Actor, CredentialChange, LastUse, SignInRow } from "../../src/ports/logs.ts";

export type Listed = CredentialChange["before"];

/** How a row of an application's own sign-in is, where nothing else is the point. */
export const AS_ITSELF = { flow: "application", client: null, resource: null, unnamed: false } as const;

export class FakeLogs {
  readonly #changes: { readonly objectId: string; readonly change: CredentialChange }[] = [];
  readonly #signIns: { readonly appId: string; readonly row: SignInRow }[] = [];

  /** Notes a change; none when nothing differs. */
  changed(holder: HolderRef, at: EpochMs, actor: Actor, before: Listed, after: Listed): void {
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.#changes.push({ objectId: holder.objectId, change: { at, actor, before, after } });
  }

  signedIn(appId: string, row: SignInRow): void {
    this.#signIns.push({ appId, row });
  }

  /** `upTo` is what the log has caught up with. */
  changes(objectId: string, since: EpochMs, upTo: number): readonly CredentialChange[] {
    const own = this.#changes.filter((one) => one.objectId === objectId);
    return own.map(({ change }) => change).filter(({ at }) => at >= since && at <= upTo);
  }

  signIns(appId: string, since: EpochMs, upTo: number): readonly SignInRow[] {
    const own = this.#signIns.filter((one) => one.appId === appId);
    return own.map(({ row }) => row).filter(({ at }) => at >= since && at <= upTo);
  }

  /** The report, made of the same rows. */
  lastUses(upTo: number): readonly LastUse[] {
    const last = new Map<string, LastUse>();
    for (const { appId, row } of this.#signIns) {
      const { at, keyId, requestId } = row;
      if (row.succeeded && keyId !== null && at <= upTo) last.set(`${appId} ${keyId}`, { appId, keyId, at, requestId });
    }
    return [...last.values()];
  }
}
