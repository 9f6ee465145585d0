/**
 * Questions that are sent while the pages that will ask them are still being loaded. Whoever asks the same first gets that answer, once;
 * what nobody has asked for after a moment is given to nobody, because it grows old.
 */

const asked = new Map<string, Promise<Response>>();
/** Milliseconds. */
const KEPT = 5_000;
/** What changes in a tenant is heard of; who is there is not told by that. */
const OF_TENANTS = "/api/v1/t/";
let isTaken = false;

/** Sends a question; the answer is for whoever asks the same. */
export function askEarly(address: string): Promise<Response> {
  const answer = fetch(address);
  asked.set(address, answer);
  setTimeout(() => asked.delete(address), KEPT);
  // who takes it hears of a failure
  answer.catch(() => undefined);
  return answer;
}

/** The answer that was asked for early, for the first who wants it; null where there is none. */
export function takeEarly(address: string): Promise<Response> | null {
  const answer = asked.get(address) ?? null;
  asked.delete(address);
  if (answer !== null && address.startsWith(OF_TENANTS)) isTaken = true;
  return answer;
}

/**
 * From here on changes are heard. Answers of tenants from before are given to nobody any more; true where somebody has taken one, once:
 * what changed between it and now he has not heard of, and must ask again.
 */
export function endEarly(): boolean {
  for (const address of asked.keys()) if (address.startsWith(OF_TENANTS)) asked.delete(address);
  const wasTaken = isTaken;
  isTaken = false;
  return wasTaken;
}
