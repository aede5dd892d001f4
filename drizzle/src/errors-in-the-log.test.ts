import { Writable } from 'node:stream'
import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createLogger } from '@whook/runtime/logger'

const logged = (err: unknown) => {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  createLogger('api', 'info', stream).child({ reqId: 'r-1' }).error({ err }, 'request.failed')
  return text
}

it('logs the cause without the parameters when a statement fails', () => {
  const cause = Object.assign(new Error('connection refused'), {
    code: 'ECONNREFUSED',
    detail: 'Failing row contains (Bearer top-secret)',
    where: 'COPY webhook_request, line 1, column body: "top-secret"',
  })
  const failed = new DrizzleQueryError('insert into destination values ($1)', ['Bearer top-secret'], cause)
  for (const err of [failed, cause, new Error('It is unavailable', { cause: failed })]) {
    const line = logged(err)
    expect(line).toContain('connection refused')
    expect(line).toContain('ECONNREFUSED')
    expect(line).not.toContain('top-secret')
  }
})

it('logs each error of an AggregateError, and other values unchanged', () => {
  expect(logged(new AggregateError([new Error('first'), new Error('second')], 'all failed'))).toMatch(
    /all failed.*first.*second/,
  )
  expect(logged('text')).toContain('"err":"text"')
})
