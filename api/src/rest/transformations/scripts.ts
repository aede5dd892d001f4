import { ApiError, limits, type FieldError } from '@whook/shared'
import { SandboxBusyError, type Sandbox } from '@whook/runtime/sandbox/sandbox'
import { createFairGate } from '../fair-gate.js'

export type Scripts = ReturnType<typeof createScripts>

/** The sandbox as the routes use it: a wrong script is a wrong field, and when too many wait the caller comes back. */
export function createScripts(sandbox: Pick<Sandbox, 'run' | 'check'>) {
  const { run: limited } = createFairGate({ name: 'script tests', perUser: limits.scriptTestsAtOnceMax })

  return {
    run: (run: Parameters<Sandbox['run']>[0] & { tenant: string }) =>
      limited(run.tenant, () => sandbox.run(run).catch(comeBack)),

    /** What is wrong with a script that is about to be saved, with its place; `path` is its field. */
    async check(userId: string, script: string, path = '/script'): Promise<FieldError[]> {
      if (script.includes('\0')) return [{ path, message: 'has a NUL character' }]
      const verdict = await limited(userId, () => sandbox.check(script, userId).catch(comeBack))
      if (verdict.ok) return []
      const { message, line, column } = verdict.error
      return [{ path, message, ...(line === null ? {} : { line, column: column ?? 1 }) }]
    },
  }
}

function comeBack(error: unknown): never {
  if (error instanceof SandboxBusyError) {
    throw new ApiError('rate-limited', { detail: error.message, retryAfterSeconds: 1, cause: error })
  }
  throw error
}
