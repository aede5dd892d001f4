import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { newId } from '@whook/runtime/ids'
import { limits } from '@whook/shared'
import { capturedRequest } from '@whook/testing/seed-webhook'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

const webhookOf = async (name: string): Promise<string> =>
  (await test.as(name).post('/api/v1/webhooks', { name: 'x' })).json().id
const statuses = (answers: { statusCode: number }[], status: number) =>
  answers.filter(({ statusCode }) => statusCode === status).length

it('limits concurrent script tests per user, without delaying others', async () => {
  const [mine, theirs] = [await webhookOf('ann'), await webhookOf('bob')]
  const path = (id: string) => `/api/v1/webhooks/${id}/transformation/test`
  const endless = { script: 'function transform() { for (;;); }', body: {} }
  const many = Array.from({ length: 30 }, () => test.as('ann').post(path(mine), endless))
  const other = test.as('bob').post(path(theirs), { script: 'function transform() { return 1 }', body: {} })
  const answers = await Promise.all(many)
  expect(statuses(answers, 200) + statuses(answers, 429)).toBe(30)
  expect(statuses(answers, 429)).toBeGreaterThan(0)
  const refused = answers.find(({ statusCode }) => statusCode === 429)!
  expect(refused.headers['retry-after']).toBe('1')
  expect(refused.json().detail).toContain(`At most ${limits.scriptTestsAtOnceMax}`)
  expect((await other).json()).toMatchObject({ error: null })
  // Refused and finished tests no longer count.
  expect((await test.as('ann').post(path(mine), endless)).statusCode).toBe(200)
})

it('limits concurrent filter tests per user, without delaying others', async () => {
  const [mine, theirs] = [await webhookOf('ann'), await webhookOf('bob')]
  // Tests of a webhook without requests end too soon to run at the same time.
  const text = JSON.stringify({ text: 'x'.repeat(500_000) })
  const requests = Array.from({ length: 4 }, () => capturedRequest(mine, { text }))
  await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  const path = (id: string) => `/api/v1/webhooks/${id}/filter/test`
  const body = { filter: { field: 'method', equals: 'POST' } }
  const many = Array.from({ length: 150 }, () => test.as('ann').post(path(mine), body))
  const other = test.as('bob').post(path(theirs), body)
  const answers = await Promise.all(many)
  expect(statuses(answers, 200) + statuses(answers, 429)).toBe(150)
  // Two run, a hundred wait, the others are refused.
  expect(statuses(answers, 200)).toBeGreaterThanOrEqual(limits.waitingSearchesMax)
  expect(statuses(answers, 429)).toBeGreaterThan(0)
  expect((await other).statusCode).toBe(200)
})
