import { ApiError, limits, type FieldError } from '@whook/shared'
import { SandboxBusyError, type Sandbox } from '@whook/runtime/sandbox/sandbox'
import { createFairGate } from '../fair-gate.js'

export type Scripts = ReturnType<typeof createScripts>

/** The sandbox for routes. Script errors become field errors; too many waiting runs throw ApiError (429). */
export function createScripts(sandbox: Pick<Sandbox, 'run' | 'check'>) {
  const { run: limited } = createFairGate({ name: 'script tests', perUser: limits.scriptTestsAtOnceMax })

  return {
    run: (run: Parameters<Sandbox['run']>[0] & { tenant: string }) =>
      limited(run.tenant, () => sandbox.run(run).catch(comeBack)),

    /** Returns the errors of a script before it is saved, with line and column. `path` is the script's field. */
    async check(userId: string, script: string, path = '/script'): Promise<FieldError[]> {
      if (script.includes('\0')) return [{ path, message: 'contains a NUL character; remove it' }]
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
