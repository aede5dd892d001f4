/**
 * Returns a counter of generations: "the latest answer wins". Work that waits for an answer keeps the function that it
 * got before, and drops the answer when the function returns false.
 */
export function createGenerations() {
  let generation = 0
  const current = () => {
    const own = generation
    return () => own === generation
  }
  return {
    /** Joins the current generation. Returns whether it is still the current one. */
    current,
    /** Starts a generation, which supersedes all work of the earlier ones. */
    next() {
      generation++
      return current()
    },
  }
}
