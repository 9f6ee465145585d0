/**
 * The only ambient names that core, ports and engine may use: the cancellation signal every port call can carry.
 * They compile without the types of Node.js or the DOM (tsconfig.core.json), so that time, randomness, files and the
 * network can reach them through ports alone.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
