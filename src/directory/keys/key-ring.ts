/** The token signing key and those before it: keys roll without notice, and what they signed lives on (reference token-endpoint §1.2). */

import type { Random } from "../random.ts";
import { createRsaKey, createTokenSigner, type SigningKeys, type TokenSigner } from "./keys.ts";

/** How long a former key is still shown, directory time: longer than any token of it lives. */
const SHOWN = 86_400_000;
/** The certificate around a key is fixed in time: its bytes name the key (kid), which must not change with a restart. */
const FROM = Date.UTC(2024, 0, 1);

interface Former {
  readonly signer: TokenSigner;
  readonly until: number;
}

export class KeyRing {
  keys: SigningKeys;
  current: TokenSigner;
  #former: readonly Former[];
  readonly #random: Random;
  readonly #keep: (keys: SigningKeys) => void;

  private constructor(
    keys: SigningKeys,
    current: TokenSigner,
    former: readonly Former[],
    random: Random,
    keep: (keys: SigningKeys) => void,
  ) {
    this.keys = keys;
    this.current = current;
    this.#former = former;
    this.#random = random;
    this.#keep = keep;
  }

  static async create(keys: SigningKeys, random: Random, keep?: (keys: SigningKeys) => void): Promise<KeyRing> {
    const former: Former[] = [];
    for (const { key, until } of keys.former ?? []) former.push({ signer: await createTokenSigner(key, FROM), until });
    return new KeyRing(keys, await createTokenSigner(keys.signing, FROM), former, random, keep ?? (() => {}));
  }

  shown(now: number): readonly TokenSigner[] {
    if (this.#former.length === 0) return [this.current];
    return [this.current, ...this.#former.filter(({ until }) => until > now).map(({ signer }) => signer)];
  }

  async roll(now: number): Promise<void> {
    const signing = createRsaKey(this.#random);
    const next = await createTokenSigner(signing, FROM);
    const former = [
      { key: this.keys.signing, until: now + SHOWN },
      ...(this.keys.former ?? []).filter(({ until }) => until > now),
    ];
    // on disk before the first token is signed with it, or a restart would disown that token
    const keys = { ...this.keys, signing, former };
    this.#keep(keys);
    this.#former = [{ signer: this.current, until: now + SHOWN }, ...this.#former.filter(({ until }) => until > now)];
    this.keys = keys;
    this.current = next;
  }
}
