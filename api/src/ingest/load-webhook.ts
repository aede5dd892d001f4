import { webhook, type Db, type Sql } from '@whook/drizzle'
import { isAnswerHeaderAllowed } from '@whook/shared'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import { eq } from 'drizzle-orm'
import type { IngestWebhook } from './ingest-webhook.js'

/** Returns a function that reads a webhook by slug for the hot path: one query by unique index. */
export const createLoadWebhook =
  (db: Db, secrets: SecretBox) =>
  async (slug: string): Promise<IngestWebhook | undefined> => {
    const [row] = await db
      .select({
        id: webhook.id,
        userId: webhook.userId,
        slug: webhook.slug,
        status: webhook.status,
        response: webhook.response,
        limits: webhook.limits,
        verification: webhook.verification,
        onVerificationFailure: webhook.onVerificationFailure,
      })
      .from(webhook)
      .where(eq(webhook.slug, slug))
    if (!row) return undefined
    const { verification } = row
    const context = secretContexts.verification(row.id)
    const open = (sealed: string) => secrets.open(context, sealed)
    const { response } = row
    return {
      ...row,
      // A header may have been stored before it was forbidden. It is not sent, and the API lists it as ignored.
      response: { ...response, headers: response.headers.filter(([name]) => isAnswerHeaderAllowed(name)) },
      verification: verification && {
        provider: verification.provider,
        secrets: verification.secrets.map(open),
        verifyToken: verification.verifyToken === undefined ? undefined : open(verification.verifyToken),
      },
    }
  }

/** Yields all slugs in chunks of 5,000, so that a long list does not delay other work. */
export async function* allSlugs(sql: Sql): AsyncGenerator<string[]> {
  for await (const rows of sql<{ slug: string }[]>`select slug from webhook`.cursor(5000)) {
    yield rows.map(({ slug }) => slug)
  }
}
