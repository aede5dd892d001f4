import { triesMax, type PendingRequest } from '@whook/drizzle/verification/claim-pending'
import type { Judged } from '@whook/drizzle/verification/record-verified'
import type { VerificationOutcome } from '@whook/shared'
import type { OutboundCall, Outcome } from '@whook/runtime/outbound/guarded-client'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import type { SecretBox } from '@whook/runtime/secrets'
import type { Certificates } from '@whook/runtime/signatures/certificates'
import { verifyCertified } from '@whook/runtime/signatures/verify-signature'

interface Deps {
  certificates: Pick<Certificates, 'get'>
  send: (call: OutboundCall) => Promise<Outcome>
  secrets: Pick<SecretBox, 'open'>
  /** Whether the same delivery was verified before. */
  verifiedBefore: (requestId: string) => Promise<boolean>
}

const confirmTimeoutMs = 10_000

/**
 * fetch the certificate -> judge -> answer a handshake. One stored request, one try. What may pass leaves it `pending` and
 * says why, and after the last try is what it failed of.
 */
export const verifyRequest =
  (deps: Deps) =>
  async (pending: PendingRequest): Promise<Judged> => {
    const { id } = pending
    const last = pending.try >= triesMax
    const again = (reason: string, otherwise: VerificationOutcome = 'failed'): Judged =>
      last
        ? { id, outcome: otherwise, reason }
        : { id, outcome: 'pending', reason: `${reason}. It is tried again` }
    try {
      const { outcome, reason, confirmUrl } = await judge(deps, pending)
      if (outcome === 'pending') return again(reason!)
      if (!confirmUrl) return { id, outcome, reason }

      // Whoever keeps a handshake can send it again; it may not bring back what was unsubscribed since.
      if (await deps.verifiedBefore(id))
        return { id, outcome, reason: 'Handshake received before: not confirmed again' }
      const answer = await confirm(deps, pending.userId, confirmUrl)
      if (answer.confirmed) return { id, outcome, reason: 'Handshake: the subscription is confirmed' }
      const unconfirmed = `Handshake not confirmed: ${answer.message}`
      return answer.passes ? again(unconfirmed, outcome) : { id, outcome, reason: unconfirmed }
    } catch (error) {
      // Such as a secret sealed with a key we do not have.
      return again(error instanceof Error ? error.message : String(error))
    }
  }

async function judge({ certificates, secrets }: Deps, pending: PendingRequest) {
  const { webhookId, verification, method, headers, body, receivedAt } = pending
  if (!verification) {
    const reason = 'Its webhook was set to verify nothing before the certificate was there'
    return { outcome: 'unconfigured' as const, reason, confirmUrl: undefined }
  }
  const request = {
    provider: verification.provider,
    secrets: verification.secrets.map((sealed) => secrets.open(`webhook:verification:${webhookId}`, sealed)),
    method,
    // No provider that has a certificate signs it.
    url: '',
    rawHeaders: unpackHeaders(headers).flat(),
    body,
    receivedAtMs: receivedAt.getTime(),
  }
  return verifyCertified(request, certificates)
}

type Confirmation = { confirmed: true } | { confirmed: false; message: string; passes: boolean }

async function confirm({ send }: Deps, tenant: string, url: string): Promise<Confirmation> {
  const call = { tenant, method: 'GET', url, headers: [], body: Buffer.alloc(0), timeoutMs: confirmTimeoutMs }
  const outcome = await send({ ...call, responseBytesMax: 1024 })
  if (outcome.kind === 'failure')
    return { confirmed: false, message: outcome.message, passes: outcome.outcome !== 'policy' }
  const { statusCode } = outcome
  if (statusCode === 200) return { confirmed: true }
  return { confirmed: false, message: `HTTP ${statusCode}`, passes: statusCode >= 500 || statusCode === 429 }
}
