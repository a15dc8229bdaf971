/** Clocks. Knows nothing of consent. */

/**
 * The clock, and while it cannot be read (it throws) the last instant it was, `at` before any: for saying when something happened, never for
 * deciding anything.
 */
export function lastKnown(now: () => number, at: number): () => number {
  let last = at;
  return () => {
    try {
      last = now();
    } catch {
      // The last instant known stands.
    }
    return last;
  };
}
