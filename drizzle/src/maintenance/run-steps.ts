/** Independent pieces of work by name. Each bounds its own statements. */
export type Steps = Record<string, () => Promise<unknown>>

interface Options {
  /** Called for each step that failed. */
  onFailed: (step: string, error: unknown) => void
  /** Begins no further step once it returns true. */
  isStopping?: () => boolean
}

/** Runs every step, whatever became of the ones before it. Returns their results by name; a failed step has none. */
export async function runSteps(
  steps: Steps,
  { onFailed, isStopping = () => false }: Options,
): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {}
  for (const [name, step] of Object.entries(steps)) {
    if (isStopping()) break
    try {
      results[name] = await step()
    } catch (error) {
      onFailed(name, error)
    }
  }
  return results
}
