import { hasDots, sendable, unsent, type Call } from './call.js'
import { fitsArgument, pipe, quote, quoteBytes } from './shell-quote.js'

/** A command that sends the same request again, whatever its bytes, and nothing that curl would add by itself. */
export function toCurl(call: Call): string {
  const { method, url, text, base64 } = call
  // With -X HEAD curl would wait for a body.
  const hasBody = method !== 'HEAD' && Boolean(text || base64)
  const parts = [method === 'HEAD' ? '--head' : `-X ${method}`]
  if (/[[\]{}]/.test(url)) parts.push('--globoff')
  if (hasDots(call)) parts.push('--path-as-is')
  parts.push(quoteBytes(url))
  // A header without a value is written with a semicolon, one that is not to be sent with a colon.
  for (const [name, value] of sendable(call))
    parts.push(`-H ${value === '' ? quote(`${name};`) : quoteBytes(`${name}: ${value}`)}`)
  for (const name of unsent(call, ['User-Agent', 'Accept', ...(hasBody ? ['Content-Type'] : [])]))
    parts.push(`-H ${quote(`${name}:`)}`)
  const command = (...more: string[]) => ['curl', ...parts, ...more].join(' \\\n  ')
  if (!hasBody) return command()
  // A leading @ would name a file; --data-raw never does, and drops nothing.
  return fitsArgument(text)
    ? command(`--data-raw ${quote(text)}`)
    : pipe({ text, base64 }, command('--data-binary @-'))
}
