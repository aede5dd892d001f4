import { execFileSync } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { toCurl } from './curl.js'

/** Runs the command in a real shell against a real server and answers what arrived. */
async function run(make: (url: string) => string) {
  let seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: Buffer } | undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks),
      }
      response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const command = make(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a?b=c&d`)
  const { spawn } = await import('node:child_process')
  await new Promise((resolve) =>
    spawn('sh', ['-c', `${command} -s`], { stdio: 'ignore' }).once('close', resolve),
  )
  server.close()
  return seen!
}
const hasCurl = (() => {
  try {
    return execFileSync('curl', ['--version']).length > 0
  } catch {
    // No curl on this machine: the case below is reported as skipped.
    return false
  }
})()

describe.runIf(hasCurl)('toCurl, run in a shell', () => {
  it.each([
    { name: 'quotes and dollars', text: `{"it's":"$HOME \`id\` \\" ! \\n"}` },
    { name: 'a leading @', text: '@/etc/passwd' },
    { name: 'lines', text: 'a\nb\n' },
  ])('sends $name as they are', async ({ text }) => {
    const seen = await run((url) =>
      toCurl({
        method: 'PUT',
        url,
        headers: [
          ['X-A', "it's"],
          ['Content-Type', 'text/x'],
        ],
        text,
        base64: null,
      }),
    )
    expect(seen).toMatchObject({
      method: 'PUT',
      url: '/a?b=c&d',
      headers: { 'x-a': "it's", 'content-type': 'text/x' },
    })
    expect(seen.body.toString()).toBe(text)
  })

  it('sends bytes that are no text', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 39])
    const seen = await run((url) =>
      toCurl({ method: 'POST', url, headers: [], text: null, base64: bytes.toString('base64') }),
    )
    expect([...seen.body]).toEqual([...bytes])
  })
})
