import type { Lapse } from "../core/pictures/gaps.ts";
import type { EpochMs } from "../core/time.ts";

/** Since when a tenant is watched, and the lapses that were seen meanwhile, oldest first. */
export interface Watched {
  /** When the first scan was that looked for lapses; null before it. */
  readonly since: EpochMs | null;
  readonly lapses: readonly Lapse[];
}

export interface LapseStore {
  /** Of a tenant, or of one application in it. */
  lapses(tenantId: string, appId?: string): Promise<Watched>;
  /**
   * Notes what a scan saw: the first one begins the watch. A lapse is known by its application and its beginning; one that is over
   * ends what was noted without an end. An application has one without an end at most: a second one is part of the first.
   * One that ends when it begins was none, and is not told of. `asked` are the applications about which the directory was asked then.
   */
  noteLapses(tenantId: string, at: EpochMs, lapses: readonly Lapse[], asked?: readonly string[]): Promise<void>;
  /** The applications of so many open lapses: those about which the directory was never asked, the newest first, then those asked longest ago. */
  lapsesToAsk(tenantId: string, most: number): Promise<readonly string[]>;
}
