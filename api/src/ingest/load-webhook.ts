import type { Db } from '@whook/drizzle'
import { findBySlug } from '@whook/drizzle/queries/webhook/find-by-slug'
import { isAnswerHeaderAllowed } from '@whook/shared'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import type { IngestWebhook } from './ingest-webhook.js'

/** Returns a function that reads a webhook by slug for the hot path. */
export const createLoadWebhook =
  (db: Db, secrets: SecretBox) =>
  async (slug: string): Promise<IngestWebhook | undefined> => {
    const row = await findBySlug(db, slug)
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
