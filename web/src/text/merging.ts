/** Lists of several tenants as one, each of which was read from its beginning as far as somebody has looked. Pure. */

export interface Part<T> {
  readonly tenant: string;
  /** In their order, from the first on. */
  readonly items: readonly T[];
  /** Whether the tenant has more of them. */
  readonly more: boolean;
}

export interface Merged<T> {
  readonly rows: readonly { readonly tenant: string; readonly item: T }[];
  /** Tenants whose next rows are needed before it is known what comes next; none where everything is there. */
  readonly waiting: readonly string[];
}

/** One list in the order of `key`, by which each part is in order already: as far as no row can be missing in it. */
export function merged<T>(parts: readonly Part<T>[], key: (item: T) => number): Merged<T> {
  const heads = parts.map((part) => ({ part, at: 0 }));
  const rows: { tenant: string; item: T }[] = [];
  for (;;) {
    const waiting = heads.filter(({ part, at }) => part.more && at >= part.items.length);
    if (waiting.length > 0) return { rows, waiting: waiting.map(({ part }) => part.tenant) };
    const [first, ...others] = heads.filter(({ part, at }) => at < part.items.length);
    if (first === undefined) return { rows, waiting: [] };
    const keyOf = ({ part, at }: (typeof heads)[number]) => key(part.items[at] as T);
    const next = others.reduce((so, one) => (keyOf(one) < keyOf(so) ? one : so), first);
    rows.push({ tenant: next.part.tenant, item: next.part.items[next.at] as T });
    next.at += 1;
  }
}
