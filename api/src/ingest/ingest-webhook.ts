import type {
  OnVerificationFailure,
  VerificationProvider,
  WebhookLimits,
  WebhookResponse,
  WebhookStatus,
} from '@whook/shared'

/** What the hot path needs to know of a webhook; kept in the slug cache. */
export interface IngestWebhook {
  id: string
  userId: string
  slug: string
  status: WebhookStatus
  response: WebhookResponse
  limits: WebhookLimits
  verification: { provider: VerificationProvider; secrets: string[]; verifyToken?: string } | null
  onVerificationFailure: OnVerificationFailure
}
