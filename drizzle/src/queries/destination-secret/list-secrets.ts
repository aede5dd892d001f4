import type { Sql } from '../../client.js'

export interface SecretRow {
  id: string
  destinationId: string
  createdAt: Date
  expiresAt: Date | null
}

/** Returns the secrets that have not expired, without their values, newest first. */
export const listSecrets = (sql: Sql, destinationIds: string[]) => sql<SecretRow[]>`
  select id, destination_id as "destinationId", created_at as "createdAt", expires_at as "expiresAt"
  from destination_secret
  where destination_id = any(${destinationIds}::uuid[]) and (expires_at is null or expires_at > now())
  order by created_at desc`
