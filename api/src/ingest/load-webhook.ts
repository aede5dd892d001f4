import { webhook, type Db, type Sql } from '@whook/drizzle'
import { isAnswerHeaderAllowed } from '@whook/shared'
import type { SecretBox } from '@whook/runtime/secrets'
import { eq } from 'drizzle-orm'
import type { IngestWebhook } from './ingest-webhook.js'

/** Reads what the hot path keeps of a webhook; one read by unique index. */
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
    const open = (sealed: string) => secrets.open(`webhook:verification:${row.id}`, sealed)
    const { response } = row
    return {
      ...row,
      // Stored before a header was forbidden: it is not sent, and the API shows it as ignored.
      response: { ...response, headers: response.headers.filter(([name]) => isAnswerHeaderAllowed(name)) },
      verification: verification && {
        provider: verification.provider,
        secrets: verification.secrets.map(open),
        verifyToken: verification.verifyToken === undefined ? undefined : open(verification.verifyToken),
      },
    }
  }

/** In pieces, so that many of them hold up nothing else. */
export async function* allSlugs(sql: Sql): AsyncGenerator<string[]> {
  for await (const rows of sql<{ slug: string }[]>`select slug from webhook`.cursor(5000)) {
    yield rows.map(({ slug }) => slug)
  }
}
