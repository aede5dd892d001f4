import { gzipSync } from 'node:zlib'
import { expect, rows, test } from './fixtures.js'

/** Maximum size in bytes, with gzip, of the files that the inspector loads before it shows the list. */
const scriptMax = 130_000
const styleMax = 12_000

test('loads the inspector within the size limits of script and style', async ({ page, whook, webhook }) => {
  await fetch(webhook.url, { method: 'POST', body: 'x' })
  const loaded: { url: string; type: string; bytes: number }[] = []
  page.on('requestfinished', async (request) => {
    const type = request.resourceType()
    if (type !== 'script' && type !== 'stylesheet') return
    const answer = await page.request.get(request.url())
    loaded.push({ url: request.url(), type, bytes: gzipSync(await answer.body(), { level: 9 }).length })
  })
  await page.goto(`${whook.url}/webhooks/${webhook.id}`)
  await expect(rows(page)).toHaveCount(1)
  await page.waitForLoadState('networkidle')
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => /\.(js|css)$/.test(name)),
  )
  await expect.poll(() => loaded.length).toBeGreaterThanOrEqual(urls.length)
  const sum = (type: string) =>
    loaded.filter((one) => one.type === type).reduce((total, { bytes }) => total + bytes, 0)
  const table = loaded.map(({ url, bytes }) => `${bytes} ${new URL(url).pathname}`).join('\n')
  console.log(`script ${sum('script')} bytes, style ${sum('stylesheet')} bytes`)
  expect(sum('script'), table).toBeLessThanOrEqual(scriptMax)
  expect(sum('script')).toBeGreaterThan(0)
  expect(sum('stylesheet'), table).toBeLessThanOrEqual(styleMax)
  expect(sum('stylesheet')).toBeGreaterThan(0)
})
