import { newId } from '@whook/runtime/ids'
import { expect, it } from 'vitest'
import { seedUser, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { requestConditions } from './request-conditions.js'

it('reads the newest requests of a rare method from their index', async () => {
  await using database = await createTestDatabase()
  const { sql, db } = database
  const { id: webhookId } = await seedWebhook(db, { userId: await seedUser(db) })
  await sql`
    insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address, http_version,
      verification, received_at)
    select (substr(${newId()}::text, 1, 24) || lpad(to_hex(i), 12, '0'))::uuid, ${webhookId}::uuid,
      case when i % 2000 = 0 then 'DELETE' else 'POST' end, '', '', '', '', 0, '', '1.1', 'unconfigured', now()
    from generate_series(1, 20000) as i`
  await sql`analyze webhook_request`

  const [plan] = await sql<{ 'QUERY PLAN': [{ Plan: object }] }[]>`
    explain (analyze, format json) select r.id from webhook_request r
    where r.webhook_id = ${webhookId} and ${requestConditions(sql, { method: 'delete' })}
    order by r.id desc limit 51`
  const text = JSON.stringify(plan!['QUERY PLAN'])
  expect(text).not.toMatch(/"Rows Removed by Filter":[1-9]/)
  expect(text).toMatch(/"Index Name":"[^"]*method/)

  const rows = await sql`select r.id from webhook_request r
    where r.webhook_id = ${webhookId} and ${requestConditions(sql, { method: 'DELETE, delete' })}`
  expect(rows).toHaveLength(10)
})

it.each([
  ['{"Name":"Ärger \\\\ 100%"}', 'name":"Ärger', true],
  ['{"Name":"Ärger"}', 'ÄRGER', true],
  ['{"Name":"Ärger"}', 'ärger', false],
  ['a\\b', 'A\\B', true],
  // With a letter that no id has: ids are searched too.
  ['za\\101', 'zaA', false],
  ['50%', '0%', true],
  ['505', '0%', false],
])('searches the body %j for %j, with A to Z in any case: %j', async (body, q, found) => {
  await using database = await createTestDatabase()
  const { sql, db } = database
  const { id: webhookId } = await seedWebhook(db, { userId: await seedUser(db) })
  await sql`
    insert into webhook_request (id, webhook_id, method, path, query, headers, body, size, remote_address, http_version,
      verification, received_at)
    values (${newId()}, ${webhookId}, 'POST', '', '', '', ${Buffer.from(body)}, 0, '', '1.1', 'unconfigured', now())`
  const rows = await sql`select r.id from webhook_request r where ${requestConditions(sql, { q })}`
  expect(rows).toHaveLength(found ? 1 : 0)
})
