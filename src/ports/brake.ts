/** The outside stop: an environment variable or a file, looked at before every effect (design §4.7). */
export interface Brake {
  /** Why everything must stand still, or null. */
  pulled(): Promise<string | null>;
}
