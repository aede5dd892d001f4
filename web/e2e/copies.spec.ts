import { execFile } from 'node:child_process'
import { request as send } from 'node:http'
import { promisify } from 'node:util'
import type { Page as ListPage, RequestSummary, WebhookRequest } from '@whook/shared'
import { expect, rows, test } from './fixtures.js'

const run = promisify(execFile)

/** Sends a request that `fetch` cannot send: dot segments, repeated headers, an empty value, an upper-case name. */
async function sendOdd(url: string, target: string, body: Buffer) {
  const { hostname, port, host, pathname } = new URL(url)
  const length = String(body.length)
  const headers = [
    'Host',
    host,
    'Content-Length',
    length,
    'Content-Type',
    'application/json',
    'X-Tag',
    'a',
    'X-Tag',
    "it's b",
  ]
  headers.push('X-EMPTY', '', 'X-File', '@/etc/passwd')
  const status = await new Promise((resolve, reject) => {
    const call = send({ hostname, port, path: pathname + target, method: 'PUT', headers })
    call.on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
    call.on('error', reject).end(body)
  })
  expect(status).toBe(202)
}

const own = /^(host|content-length|connection|accept-encoding)$/i
const joined = (headers: WebhookRequest['headers']) => [
  ...new Headers(
    headers.filter(([name]) => !own.test(name)).map(([name, value]): [string, string] => [name, value]),
  ),
]

for (const [what, body] of [
  ['text', Buffer.from(`{"note":"it's \\"quoted\\" $HOME \`id\` %s","n":1}\n`)],
  ['bytes', Buffer.from([0, 255, 10, 13, 39, 37, 92])],
] as const) {
  test(`sends the same request when copied in each format: body of ${what}`, async ({
    page,
    whook,
    webhook,
  }) => {
    await sendOdd(webhook.url, '/a/../b?tag[]=1&x={2}&q=%20', body)
    await page.goto(`${whook.url}/webhooks/${webhook.id}`)
    await rows(page).first().click()
    const list = async () =>
      (await whook.api<ListPage<RequestSummary>>('GET', `/webhooks/${webhook.id}/requests`)).items
    const stored = (id: string) => whook.api<WebhookRequest>('GET', `/requests/${id}`)
    const bytes = async (id: string) =>
      (await page.request.get(`${whook.url}/api/v1/requests/${id}/body`)).body()
    const original = await stored((await list())[0]!.id)
    expect([original.path, original.query]).toEqual(['/a/../b', 'tag[]=1&x={2}&q=%20'])

    const copyAs = async (name: string) => {
      await page.getByRole('button', { name: 'Copy as' }).click()
      await page.getByRole('menuitem', { name: `Copy as ${name}` }).click()
      await expect(page.getByText(`Copied as ${name}`).last()).toBeVisible()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    /** Returns the one request that `call` causes. */
    const again = async (call: () => Promise<unknown>) => {
      const before = new Set((await list()).map(({ id }) => id))
      await call()
      const news = async () => (await list()).filter(({ id }) => !before.has(id))
      await expect.poll(async () => (await news()).length).toBe(1)
      return stored((await news())[0]!.id)
    }

    const curl = await copyAs('cURL')
    const byCurl = await again(() => run('sh', ['-c', `${curl} -sS`]))
    expect(byCurl.headers.filter(([name]) => !own.test(name))).toEqual(
      original.headers.filter(([name]) => !own.test(name)),
    )
    expect([byCurl.method, byCurl.path, byCurl.query]).toEqual([
      original.method,
      original.path,
      original.query,
    ])
    expect(await bytes(byCurl.id)).toEqual(body)

    const script = await copyAs('fetch')
    const byFetch = await again(() => run(process.execPath, ['--input-type=module', '-e', script]))
    expect(joined(byFetch.headers)).toEqual(expect.arrayContaining(joined(original.headers)))
    expect(byFetch.method).toBe(original.method)
    expect(await bytes(byFetch.id)).toEqual(body)

    // HTTPie is rarely installed: a shell function replaces it and prints its arguments and its body.
    const httpie = await copyAs('HTTPie')
    const fakeHttpie = `http() { printf '%s\\0' "$@"; printf 'body:'; base64 | tr -d '\\n'; }`
    const { stdout } = await run('sh', ['-c', `${fakeHttpie}\n${httpie}`])
    const [given, sent] = stdout.split('body:')
    expect(given!.split('\0')).toEqual(
      expect.arrayContaining([
        'PUT',
        original.headers.find(([name]) => /^content-type$/i.test(name))!.join(':'),
        "X-Tag:it's b",
        'X-EMPTY;',
        'X-File:\\@/etc/passwd',
      ]),
    )
    expect(Buffer.from(sent!, 'base64')).toEqual(body)

    const raw = await copyAs('raw HTTP')
    const head = [
      `PUT ${new URL(webhook.url).pathname}/a/../b?tag[]=1&x={2}&q=%20 HTTP/1.1`,
      ...original.headers.map(([name, value]) => `${name}: ${value}`),
    ].join('\r\n')
    expect(raw).toBe(
      `${head}\r\n\r\n${what === 'text' ? body.toString() : `[base64] ${body.toString('base64')}`}`,
    )

    const { log } = JSON.parse(await copyAs('HAR')) as {
      log: { entries: [{ startedDateTime: string; request: Record<string, unknown> }] }
    }
    expect(log.entries[0].startedDateTime).toBe(original.receivedAt)
    expect(log.entries[0].request).toMatchObject({
      method: 'PUT',
      url: `${webhook.url}/a/../b?tag[]=1&x={2}&q=%20`,
      headers: original.headers.map(([name, value]) => ({ name, value })),
      bodySize: body.length,
      postData: { text: body.toString(what === 'text' ? 'utf8' : 'base64') },
    })
  })
}
