import { sendable, type Call } from './call.js'
import { literal } from './terminal-safe.js'

/** JavaScript that sends the same request again, for Node and browsers. Repeated headers are joined, as fetch would. */
export function toFetch(call: Call): string {
  const { method, url, text, base64 } = call
  const options: string[] = [`  method: ${literal(method)},`]
  const pairs = sendable(call)
  if (pairs.length > 0) {
    options.push('  headers: [', ...pairs.map((pair) => `    ${literal(pair)},`), '  ],')
  }
  if (text || base64) {
    if (/^(GET|HEAD)$/.test(method)) options.push(`  // It had a body; fetch sends none with ${method}.`)
    else options.push(`  body: ${bytes(call)},`)
  }
  return `await fetch(${literal(url)}, {\n${options.join('\n')}\n})`
}

/** Text alone would get a content-type of its own where the sender sent none. */
function bytes({ text, base64, headers }: Call): string {
  if (base64) return `Uint8Array.from(atob(${literal(base64)}), (char) => char.charCodeAt(0))`
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return hasType ? literal(text) : `new TextEncoder().encode(${literal(text)})`
}
