/** Answers kept for whoever asks the same again with the same key: his first request may have been heard though its answer was lost. */
import type { EpochMs } from "../core/time.ts";

export interface KeptAnswer {
  /** Digest of what was asked, so that the key is not taken for another request. */
  readonly asked: string;
  /** JSON, as it was answered. Never holds a value. */
  readonly answer: string;
  readonly at: EpochMs;
}

export interface AnswerStore {
  /** What `who` was answered under this key, null where nothing is kept. */
  keptAnswer(tenantId: string, who: string, key: string): Promise<KeptAnswer | null>;
  /** Keeps an answer, unless one is kept under the key, and forgets everybody's from before `forget`. */
  keepAnswer(tenantId: string, who: string, key: string, kept: KeptAnswer, forget: EpochMs): Promise<void>;
}
