import type { WebhookRequest } from '@whook/shared'

/** A captured request as the call that would send it again to the webhook's URL. */
export const callOf = ({ method, path, query, headers, body }: WebhookRequest, url: string) => ({
  method,
  url: url + path + (query && `?${query}`),
  headers,
  text: body.text,
  base64: body.base64,
})
