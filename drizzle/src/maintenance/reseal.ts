import { secretContexts, UnknownKeyError, type SecretBox, type SecretContext } from '@whook/runtime/secrets'
import type { Sql } from '../client.js'
import type { StoredVerification } from '../schema/webhook.js'

const pageSize = 200
const firstId = '00000000-0000-0000-0000-000000000000'

interface SecretRow {
  id: string
}
interface SecretTable<T extends SecretRow> {
  /** Returns rows after `id` that have a secret sealed with an old key. */
  page: (id: string) => Promise<T[]>
  /** Updates the row if it has not changed since it was read. */
  write: (row: T) => Promise<unknown>
}

/**
 * Re-encrypts secrets with the new master key after a change of SECRET_KEY, so that the old keys can be removed. Safe
 * to run at any time and repeatedly. Returns the number of re-encrypted rows, and of rows that no configured key can
 * open.
 */
export async function resealSecrets(
  sql: Sql,
  box: SecretBox,
): Promise<{ resealed: number; unreadable: number }> {
  const again = (context: SecretContext, sealed: string) =>
    box.isStale(sealed) ? box.seal(context, box.open(context, sealed)) : sealed

  const destinationSecrets: SecretTable<{ id: string; secret: string }> = {
    page: (id) => sql`
      select id, secret from destination_secret
      where id > ${id} and not starts_with(secret, ${box.prefix}) order by id limit ${pageSize}`,
    write: ({ id, secret }) => {
      const sealed = again(secretContexts.signingSecret(id), secret)
      return sql`update destination_secret set secret = ${sealed} where id = ${id} and secret = ${secret}`
    },
  }
  const verifications: SecretTable<{ id: string; verification: StoredVerification }> = {
    page: (id) => sql`
      select id, verification from webhook
      where id > ${id} and exists (
        select from jsonb_array_elements_text(
          (verification -> 'secrets') || coalesce(verification -> 'verifyToken', '[]')) as sealed
        where not starts_with(sealed, ${box.prefix})) order by id limit ${pageSize}`,
    write: ({ id, verification }) => {
      const renew = (sealed: string) => again(secretContexts.verification(id), sealed)
      const renewed: StoredVerification = {
        ...verification,
        secrets: verification.secrets.map(renew),
        verifyToken: verification.verifyToken && renew(verification.verifyToken),
      }
      return sql`
        update webhook set verification = ${JSON.stringify(renewed)}::text::jsonb
        where id = ${id} and verification = ${JSON.stringify(verification)}::text::jsonb`
    },
  }

  const done = { resealed: 0, unreadable: 0 }
  await resealTable(destinationSecrets, done)
  await resealTable(verifications, done)
  return done
}

async function resealTable<T extends SecretRow>(
  table: SecretTable<T>,
  done: { resealed: number; unreadable: number },
) {
  let rows = await table.page(firstId)
  while (rows.length > 0) {
    for (const row of rows) {
      try {
        await table.write(row)
        done.resealed++
      } catch (error) {
        if (!(error instanceof UnknownKeyError)) throw error
        done.unreadable++
      }
    }
    rows = await table.page(rows.at(-1)!.id)
  }
}
