import { connect } from '@whook/drizzle'
import { newId } from '@whook/runtime/ids'
import { request } from 'undici'
import type { Product } from './start-product.js'

export interface User {
  authorization: string
  webhookId: string
  slug: string
}

/**
 * Creates users with an API key and a webhook each. REST creates the keys for the local owner, SQL moves them to the
 * user.
 */
export async function makeUsers(
  { product, databaseUrl }: { product: Product; databaseUrl: string },
  count: number,
): Promise<User[]> {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'bench' })
  const users: User[] = []
  for (let n = 0; n < count; n++) {
    const { id, key } = await product.call<{ id: string; key: string }>('POST', '/api/v1/api-keys', {
      name: `user ${n}`,
      scopes: ['read', 'write'],
    })
    const userId = newId()
    await sql`insert into "user" (id, email, name, google_id)
              values (${userId}, ${`user-${n}@example.com`}, ${`User ${n}`}, ${`bench ${n}`})`
    await sql`update api_key set user_id = ${userId} where id = ${id}`
    const authorization = `Bearer ${key}`
    const webhook = await callAs<{ id: string; slug: string }>(
      authorization,
      `http://localhost:${product.ports[0]}/api/v1/webhooks`,
      { name: 'Bench' },
    )
    users.push({ authorization, webhookId: webhook.id, slug: webhook.slug })
  }
  await close()
  return users
}

/** POSTs to the REST API as another user than the local owner. */
export async function callAs<T>(authorization: string, url: string, body: unknown): Promise<T> {
  const answer = await request(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode >= 300) throw new Error(`POST ${url}: ${answer.statusCode} ${text}`)
  return JSON.parse(text) as T
}
