import type { WebhookRow } from '@whook/drizzle/queries/webhook/find-webhook'
import type { WebhookFigures } from '@whook/drizzle/queries/webhook/read-figures'
import { isAnswerHeaderAllowed, type Webhook } from '@whook/shared'

/** Maps a row to the API shape. Secrets become a count; counts are from the totals. */
export function toWebhook(row: WebhookRow, figures: WebhookFigures, publicUrl: string): Webhook {
  const { id, slug, name, status, response, verification, onVerificationFailure, limits, createdAt } = row
  return {
    id,
    slug,
    url: `${publicUrl}/${slug}`,
    name,
    status,
    response,
    ignoredResponseHeaders: response.headers
      .map(([name]) => name)
      .filter((name) => !isAnswerHeaderAllowed(name)),
    verification: verification && {
      provider: verification.provider,
      secretCount: verification.secrets.length,
      hasVerifyToken: verification.verifyToken !== undefined,
    },
    onVerificationFailure,
    limits,
    requestCount: figures.stored,
    requestCountToday: figures.today,
    lastRequestAt: figures.lastRequestAt?.toISOString() ?? null,
    failingDeliveryCount: figures.failing,
    heldDeliveryCount: figures.held,
    heldForVerificationCount: figures.heldForVerification,
    destinationCount: figures.destinations,
    sparkline: figures.hours,
    createdAt: createdAt.toISOString(),
  }
}
