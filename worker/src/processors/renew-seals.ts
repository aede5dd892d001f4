import type { Sql } from '@whook/drizzle'
import { resealSecrets } from '@whook/drizzle/maintenance/reseal'
import type { Logger } from '@whook/runtime/logger'
import type { SecretBox } from '@whook/runtime/secrets'

interface Deps {
  sql: Sql
  secrets: SecretBox
  logger: Pick<Logger, 'warn'>
}

/** Seals with the new SECRET_KEY what an old one sealed; warns of what none we have can open. */
export async function renewSeals({ sql, secrets, logger }: Deps) {
  const result = await resealSecrets(sql, secrets)
  if (result.unreadable > 0)
    logger.warn(
      result,
      'secrets.unreadable: they were sealed with another SECRET_KEY; name it in SECRET_KEYS_OLD, or enter them anew',
    )
  return result
}
