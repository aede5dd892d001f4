import { seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { newId } from '@whook/runtime/ids'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import type { CapturedRequest } from '@whook/shared'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { captureRequest } from './capture-request.js'
import type { IngestWebhook } from './ingest-webhook.js'

/** Headers as Node's parser returns them: names are tokens, and values contain any byte except controls. */
const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/)
const value = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,80}$/).map((text) => text.trim())
// Only Whook's own cookies are removed. ingest.test.ts tests this.
const pairs = fc.array(
  fc.tuple(
    name.filter((text) => text.toLowerCase() !== 'cookie'),
    value,
  ),
  { maxLength: 30 },
)
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
)
const call = fc.record({
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
  path: fc.stringMatching(/^(\/[\x21-\x3e\x40-\x7e]{0,40})?$/),
  query: fc.stringMatching(/^[\x21-\x7e]{0,40}$/),
  headers: pairs,
  body,
})

it('stores a request byte for byte when the queue serializes it as JSON', { timeout: 60_000 }, async () => {
  await using database = await createTestDatabase()
  const webhook = await seedWebhook(database.db)
  let number = 0
  await fc.assert(
    fc.asyncProperty(call, async ({ headers, body, ...plain }) => {
      const id = newId()
      const captured = captureRequest(
        {
          ...plain,
          body: Buffer.from(body),
          httpVersion: '1.1',
          remoteAddress: '::1',
          rawHeaders: headers.flat(),
        },
        {
          id,
          webhook: webhook as unknown as IngestWebhook,
          receivedAt: Date.now(),
          verified: { verification: 'unconfigured', verificationReason: null },
        },
      )
      const job = JSON.parse(JSON.stringify(captured)) as CapturedRequest
      await storeBatch(database.sql, {
        instanceId: webhook.id,
        number: ++number,
        refused: [],
        requests: [job],
      })
      const [row] = await database.sql`select * from webhook_request where id = ${id}`
      expect(row).toMatchObject({ ...plain, size: body.length })
      expect(Buffer.compare(row!['body'] as Buffer, body)).toBe(0)
      expect(unpackHeaders(row!['headers'] as Buffer)).toEqual(headers)
    }),
    { numRuns: 150 },
  )
})
