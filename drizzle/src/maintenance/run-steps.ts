/** Independent steps by name. Each step bounds its own statements. */
export type Steps = Record<string, () => Promise<unknown>>

interface RunStepsOptions {
  /** Called for each step that failed. */
  onFailed: (step: string, error: unknown) => void
  /** Begins no further step once it returns true. */
  isStopping?: () => boolean
}

/** Runs every step, also after a failed one. Returns the results by name; a failed step has no result. */
export async function runSteps(
  steps: Steps,
  { onFailed, isStopping = () => false }: RunStepsOptions,
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
