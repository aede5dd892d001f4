import { hasDots, sendable, unsent, type Call } from './call.js'
import { pipe, quote, quoteBytes } from './shell-quote.js'

/** An HTTPie command; the body comes through standard input, so nothing in it is read as HTTPie's own syntax. Only its own name it cannot keep back. */
export function toHttpie(call: Call): string {
  const { method, url, text, base64 } = call
  const hasBody = Boolean(text || base64)
  const items = [
    ...sendable(call).map(([name, value]) => (value === '' ? quote(`${name};`) : item(name, value))),
    ...unsent(call, ['Accept', ...(hasBody ? ['Content-Type'] : [])]).map((name) => quote(`${name}:`)),
  ]
  const options = [...(hasBody ? [] : ['--ignore-stdin']), ...(hasDots(call) ? ['--path-as-is'] : [])]
  const command = ['http', ...options, method, quoteBytes(url), ...items].join(' \\\n  ')
  return hasBody ? pipe({ text, base64 }, command) : command
}

/** `:@` would name a file and `:=` a field of JSON: a backslash keeps them what they are. */
const item = (name: string, value: string) => quoteBytes(`${name}:${/^[@=]/.test(value) ? '\\' : ''}${value}`)
