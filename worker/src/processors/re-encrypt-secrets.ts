import type { Sql } from '@whook/drizzle'
import { resealSecrets } from '@whook/drizzle/maintenance/reseal'
import type { Logger } from '@whook/runtime/logger'
import type { SecretBox } from '@whook/runtime/secrets'

interface ReEncryption {
  sql: Sql
  secrets: SecretBox
  logger: Pick<Logger, 'warn'>
}

/**
 * Re-encrypts secrets of an old SECRET_KEY with the current one. Warns of secrets that no configured key can decrypt.
 */
export async function reEncryptSecrets({ sql, secrets, logger }: ReEncryption) {
  const result = await resealSecrets(sql, secrets)
  if (result.unreadable > 0)
    logger.warn(
      result,
      'secrets.unreadable: sealed with another SECRET_KEY; add that key to SECRET_KEYS_OLD or enter the secrets again',
    )
  return result
}
