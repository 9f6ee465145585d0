/** Sign-ins by application, so that whoever asks about one, or about the last of each, does not go through the whole log. */
import type { SignInRecord } from "./log-records.ts";

export interface LoggedSignIn {
  readonly record: SignInRecord;
  /** Its instant, epoch milliseconds. */
  readonly at: number;
}

export class SignInIndex {
  /** By client id, oldest first. */
  readonly #of = new Map<string, LoggedSignIn[]>();

  constructor(records: Iterable<SignInRecord>) {
    for (const record of records) this.add(record);
  }

  add(record: SignInRecord): void {
    const entry = { record, at: Date.parse(record.createdDateTime) };
    const known = this.#of.get(record.appId);
    if (known === undefined) this.#of.set(record.appId, [entry]);
    else known.push(entry);
  }

  /** Those of a client, oldest first. */
  of(appId: string): readonly LoggedSignIn[] {
    return this.#of.get(appId) ?? [];
  }

  /** The same for each client. */
  each(): Iterable<readonly LoggedSignIn[]> {
    return this.#of.values();
  }
}
