import { triesMax, type PendingRequest } from '@whook/drizzle/queries/pending-verification/claim-pending'
import type { Judged } from '@whook/drizzle/queries/pending-verification/record-verified'
import type { VerificationOutcome } from '@whook/shared'
import type { OutboundCall, Outcome } from '@whook/runtime/outbound/guarded-client'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import type { Certificates } from '@whook/runtime/signatures/certificates'
import { verifyCertified } from '@whook/runtime/signatures/verify-signature'

interface VerifyRequestDeps {
  certificates: Pick<Certificates, 'get'>
  send: (call: OutboundCall) => Promise<Outcome>
  secrets: Pick<SecretBox, 'open'>
  /** Resolves to whether an earlier request with the same provider event was verified. */
  verifiedBefore: (requestId: string) => Promise<boolean>
}

const confirmTimeoutMs = 10_000

/**
 * fetch the certificate -> verify -> confirm a handshake. One stored request, one attempt. A temporary failure leaves
 * the request `pending` with a reason. After the last attempt the failure is final.
 */
export const verifyRequest =
  (deps: VerifyRequestDeps) =>
  async (pending: PendingRequest): Promise<Judged> => {
    const { id } = pending
    const last = pending.try >= triesMax
    const again = (reason: string, otherwise: VerificationOutcome = 'failed'): Judged =>
      last ? { id, outcome: otherwise, reason } : { id, outcome: 'pending', reason: `${reason}. Retrying` }
    try {
      const { outcome, reason, confirmUrl } = await judge(deps, pending)
      if (outcome === 'pending') return again(reason!)
      if (!confirmUrl) return { id, outcome, reason }

      // An old handshake can be sent again. It must not restore a subscription that was cancelled since.
      if (await deps.verifiedBefore(id))
        return { id, outcome, reason: 'Repeated handshake: not confirmed again' }
      const answer = await confirm(deps, pending.userId, confirmUrl)
      if (answer.confirmed) return { id, outcome, reason: 'Handshake: subscription confirmed' }
      const unconfirmed = `Handshake not confirmed: ${answer.message}`
      return answer.passes ? again(unconfirmed, outcome) : { id, outcome, reason: unconfirmed }
    } catch (error) {
      // For example a secret sealed with an unknown key.
      return again(error instanceof Error ? error.message : String(error))
    }
  }

async function judge({ certificates, secrets }: VerifyRequestDeps, pending: PendingRequest) {
  const { webhookId, verification, method, headers, body, receivedAt } = pending
  if (!verification) {
    const reason = 'Verification was turned off before the certificate was fetched'
    return { outcome: 'unconfigured' as const, reason, confirmUrl: undefined }
  }
  const request = {
    provider: verification.provider,
    secrets: verification.secrets.map((sealed) =>
      secrets.open(secretContexts.verification(webhookId), sealed),
    ),
    method,
    // No provider with a certificate signs the URL.
    url: '',
    rawHeaders: unpackHeaders(headers).flat(),
    body,
    receivedAtMs: receivedAt.getTime(),
  }
  return verifyCertified(request, certificates)
}

type Confirmation = { confirmed: true } | { confirmed: false; message: string; passes: boolean }

async function confirm({ send }: VerifyRequestDeps, tenant: string, url: string): Promise<Confirmation> {
  const call = { tenant, method: 'GET', url, headers: [], body: Buffer.alloc(0), timeoutMs: confirmTimeoutMs }
  const outcome = await send({ ...call, responseBytesMax: 1024 })
  if (outcome.kind === 'failure')
    return { confirmed: false, message: outcome.message, passes: outcome.outcome !== 'policy' }
  const { statusCode } = outcome
  if (statusCode === 200) return { confirmed: true }
  return { confirmed: false, message: `HTTP ${statusCode}`, passes: statusCode >= 500 || statusCode === 429 }
}
