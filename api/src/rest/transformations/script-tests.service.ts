import type { Db } from '@whook/drizzle'
import { ApiError, type TestTransformationBody, type TestTransformationResult } from '@whook/shared'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import type { ScriptRequest, ScriptResult } from '@whook/runtime/sandbox/sandbox'
import { createOwned } from '../owned.js'
import type { Scripts } from './scripts.js'

interface ScriptTestsServiceDeps {
  db: Db
  scripts: Pick<Scripts, 'run'>
}

/** Test runs of scripts on a request. Nothing is saved or sent. */
export function createScriptTestsService({ db, scripts }: ScriptTestsServiceDeps) {
  const owned = createOwned(db)

  async function inputOf(
    userId: string,
    webhookId: string,
    { requestId, body }: TestTransformationBody,
  ): Promise<ScriptRequest> {
    if (requestId === undefined) return sampleOf(body)
    const row = await owned.request(userId, requestId)
    if (row.webhookId !== webhookId) throw new ApiError('request-not-found')
    return { ...row, headers: unpackHeaders(row.headers) }
  }

  return {
    async ofWebhook(
      userId: string,
      webhookId: string,
      body: TestTransformationBody,
    ): Promise<TestTransformationResult> {
      await owned.webhook(userId, webhookId)
      const request = await inputOf(userId, webhookId, body)
      return toTestResult(await scripts.run({ script: body.script, request, tenant: userId }))
    },

    async ofDestination(
      userId: string,
      destinationId: string,
      body: TestTransformationBody,
    ): Promise<TestTransformationResult> {
      const { webhookId } = await owned.destination(userId, destinationId)
      const { script: webhookScript } = await owned.webhook(userId, webhookId)
      let request = await inputOf(userId, webhookId, body)
      if (webhookScript !== null) {
        const first = await scripts.run({ script: webhookScript, request, tenant: userId })
        if (first.kind !== 'output') return toTestResult(ofTheOther(first))
        request = { ...request, body: first.body, query: first.query ?? request.query }
      }
      return toTestResult(await scripts.run({ script: body.script, request, tenant: userId }))
    },
  }
}

export type ScriptTestsService = ReturnType<typeof createScriptTestsService>

function sampleOf(body: unknown): ScriptRequest {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
  const headers: ScriptRequest['headers'] = [['content-type', 'application/json']]
  const made = { id: 'sample', method: 'POST', path: '', query: '', verification: 'unconfigured' } as const
  return { ...made, headers, body: bytes }
}

/** Removes the line and column: they belong to the webhook's script, not to the tested one. */
function ofTheOther(result: ScriptResult): ScriptResult {
  if (result.kind !== 'error') return result
  const message = `The webhook's own script failed: ${result.error.message}`
  return { ...result, error: { ...result.error, message, line: null, column: null } }
}

function toTestResult(result: ScriptResult): TestTransformationResult {
  const { kind, logs, durationMs } = result
  const error = kind === 'error' ? result.error : undefined
  return {
    output:
      kind === 'output'
        ? {
            body: result.body.toString('utf8'),
            bodyChanged: result.bodyChanged,
            method: result.method,
            path: result.path,
            contentType: result.contentType,
            headers: result.headers,
            query: result.query,
          }
        : null,
    filtered: kind === 'filtered',
    error: error?.message ?? null,
    line: error?.line ?? null,
    column: error?.column ?? null,
    logs,
    durationMs,
  }
}
