import { sendable, type Call } from './call.js'

/** JavaScript that sends the same request again, for Node and browsers. Repeated headers are joined, as fetch would. */
export function toFetch(call: Call): string {
  const { method, url, text, base64 } = call
  const options: string[] = [`  method: ${JSON.stringify(method)},`]
  const pairs = sendable(call)
  if (pairs.length > 0) {
    options.push('  headers: [', ...pairs.map((pair) => `    ${JSON.stringify(pair)},`), '  ],')
  }
  if (text || base64) {
    if (/^(GET|HEAD)$/.test(method)) options.push(`  // It had a body; fetch sends none with ${method}.`)
    else options.push(`  body: ${bytes(call)},`)
  }
  return `await fetch(${JSON.stringify(url)}, {\n${options.join('\n')}\n})`
}

/** Text alone would get a content-type of its own where the sender sent none. */
function bytes({ text, base64, headers }: Call): string {
  if (base64) return `Uint8Array.from(atob(${JSON.stringify(base64)}), (char) => char.charCodeAt(0))`
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  return hasType ? JSON.stringify(text) : `new TextEncoder().encode(${JSON.stringify(text)})`
}
