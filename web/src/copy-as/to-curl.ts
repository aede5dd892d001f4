import { hasDots, sendable, unsent, type CopiedRequest } from './call.js'
import { fitsArgument, pipe, quote, quoteBytes } from './shell-quote.js'

/** Returns a command that sends the same request again: any bytes, and none of curl's default headers. */
export function toCurl(call: CopiedRequest): string {
  const { method, url, text, base64 } = call
  // With -X HEAD curl would wait for a body.
  const hasBody = method !== 'HEAD' && Boolean(text || base64)
  const parts = [method === 'HEAD' ? '--head' : `-X ${method}`]
  if (/[[\]{}]/.test(url)) parts.push('--globoff')
  if (hasDots(call)) parts.push('--path-as-is')
  parts.push(quoteBytes(url))
  // In curl, `Name;` sends a header without a value, and `Name:` suppresses a default header.
  for (const [name, value] of sendable(call))
    parts.push(`-H ${value === '' ? quote(`${name};`) : quoteBytes(`${name}: ${value}`)}`)
  for (const name of unsent(call, ['User-Agent', 'Accept', ...(hasBody ? ['Content-Type'] : [])]))
    parts.push(`-H ${quote(`${name}:`)}`)
  const command = (...more: string[]) => ['curl', ...parts, ...more].join(' \\\n  ')
  if (!hasBody) return command()
  // --data-raw sends the text unchanged and does not read a leading @ as a file name.
  return fitsArgument(text)
    ? command(`--data-raw ${quote(text)}`)
    : pipe({ text, base64 }, command('--data-binary @-'))
}
