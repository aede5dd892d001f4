import { setTimeout as sleep } from 'node:timers/promises'
import { webhooks } from './data.mjs'

/** Milliseconds without a call at the receiver after which the deliveries count as done, and the maximum wait. */
const [quietMs, settleMsMax] = [6000, 60_000]

/** Creates the missing sample webhooks and destinations, sends the missing requests, and waits for their deliveries. */
export async function fill({ call, receiver, say }) {
  let sent = 0
  for (const [index, wanted] of webhooks.entries()) {
    const { webhook, isNew } = await findOrCreate(call, wanted)
    await addDestinations(call, webhook, wanted, receiver.url)
    const missing = Math.max(0, wanted.requests - webhook.requestCount)
    for (let n = wanted.requests - missing; n < wanted.requests; n++)
      await send(webhook.url, wanted.request(n))
    sent += missing
    say(
      `[${index + 1}/${webhooks.length}] ${wanted.name}: ${isNew ? 'created' : 'exists'}, ${missing} requests sent`,
    )
  }
  if (sent > 0) await settle(receiver, say)
  say(`Done: ${webhooks.length} webhooks, ${sent} new requests, ${receiver.calls()} calls at the receiver.`)
}

async function findOrCreate(call, { name, settings, script }) {
  const { items } = await call('GET', `/api/v1/webhooks?limit=200&q=${encodeURIComponent(name)}`)
  const known = items.find((one) => one.name === name)
  if (known) return { webhook: known, isNew: false }
  const webhook = await call('POST', '/api/v1/webhooks', { name })
  if (settings) await call('PATCH', `/api/v1/webhooks/${webhook.id}`, settings)
  if (script) await call('PUT', `/api/v1/webhooks/${webhook.id}/transformation`, { script })
  return { webhook, isNew: true }
}

/** The receiver has a new port in each run, so existing destinations get its URL. */
async function addDestinations(call, webhook, { destinations }, receiverUrl) {
  const path = `/api/v1/webhooks/${webhook.id}/destinations`
  const { items } = await call('GET', `${path}?limit=200`)
  for (const { path: target, ...settings } of destinations) {
    const url = `${receiverUrl}/${target}`
    const known = items.find(({ name }) => name === settings.name)
    if (!known) await call('POST', path, { ...settings, url })
    else if (known.url !== url) await call('PATCH', `/api/v1/destinations/${known.id}`, { url })
  }
}

async function send(url, { path = '', headers, body }) {
  const answer = await fetch(url + path, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
}

async function settle(receiver, say) {
  const until = performance.now() + settleMsMax
  let quietSince = performance.now()
  let before = -1
  while (performance.now() < until && performance.now() - quietSince < quietMs) {
    const now = receiver.calls()
    if (now !== before) {
      say(`Delivering: ${now} calls at the receiver`)
      quietSince = performance.now()
    }
    before = now
    await sleep(1000)
  }
}
