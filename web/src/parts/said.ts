/** What is announced to who listens: only what has changed. */
import { useEffect, useRef, useState } from "react";

/** One announcement in so much time; milliseconds. */
const APART = 5_000;

/** The sentence once it has changed, and never more often than one can listen to; the first one is no news. */
export function useSaid(sentence: string): string {
  const [said, setSaid] = useState("");
  const known = useRef(sentence);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (known.current === sentence) return;
    const timer = window.setTimeout(
      () => {
        known.current = sentence;
        last.current = performance.now();
        setSaid(sentence);
      },
      Math.max(0, last.current + APART - performance.now()),
    );
    return () => window.clearTimeout(timer);
  }, [sentence]);
  return said;
}
