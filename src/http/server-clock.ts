/** The machine's clock, for libraries that speak in it; the domain's is asked of the engine. */

/** Milliseconds by which the domain's clock is ahead of the machine's: 0 against a real tenant. */
export function aheadOfMachine(domainNow: number): number {
  return domainNow - Date.now();
}
