import { watchEffect } from 'vue'
import { useRoute } from 'vue-router'
import { titleOf } from '../pages.js'
import { useWebhooksStore } from '../stores/webhooks.js'

/** Keeps the title of the document: the webhook of the page, the page, and the product. */
export function useDocumentTitle(): void {
  const route = useRoute()
  const webhooks = useWebhooksStore()
  watchEffect(() => {
    const webhook = webhooks.byId.get(String(route.params['webhookId']))
    document.title = [webhook?.name, titleOf(route.name), 'Whook'].filter(Boolean).join(' · ')
  })
}
