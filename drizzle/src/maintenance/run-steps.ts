/** Independent pieces of work by name. Each bounds its own statements. */
export type Steps = Record<string, () => Promise<unknown>>

interface Options {
  /** Called for each step that failed. */
  onFailed: (step: string, error: unknown) => void
}

/** Runs every step, whatever became of the ones before it. Returns their results by name; a failed step has none. */
export async function runSteps(steps: Steps, { onFailed }: Options): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {}
  for (const [name, step] of Object.entries(steps)) {
    try {
      results[name] = await step()
    } catch (error) {
      onFailed(name, error)
    }
  }
  return results
}
