import { useClipboard } from '@vueuse/core'
import type { WebhookRequest } from '@whook/shared'
import { useToastsStore } from '../stores/toasts.js'
import { callOf } from './call.js'
import { toCurl } from './to-curl.js'
import { toFetch } from './to-fetch.js'
import { toHar } from './to-har.js'
import { toHttpie } from './to-httpie.js'
import { toRawHttp } from './to-raw-http.js'

export const copyForms = { cURL: toCurl, fetch: toFetch, HTTPie: toHttpie, 'raw HTTP': toRawHttp, HAR: toHar }

/** Returns a function that copies a request to the clipboard in one of the formats and shows a toast. */
export function useCopyAs() {
  const toasts = useToastsStore()
  const { copy } = useClipboard({ legacy: true })
  return async (name: keyof typeof copyForms, request: WebhookRequest, url: string) => {
    await copy(copyForms[name](callOf(request, url)))
    toasts.show(request.body.truncated ? `Copied as ${name}. The body is truncated.` : `Copied as ${name}`)
  }
}
