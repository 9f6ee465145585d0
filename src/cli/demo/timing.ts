/** Real milliseconds since this process began: what a person has waited. */
export function processStarted(): number {
  return Math.round(performance.now());
}
