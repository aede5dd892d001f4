import type {
  OnVerificationFailure,
  VerificationProvider,
  WebhookLimits,
  WebhookResponse,
  WebhookStatus,
} from '@whook/shared'

/** The fields of a webhook that the hot path needs; kept in the slug cache. */
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
