import { hasDots, sendable, unsent, type CopiedRequest } from './call.js'
import { pipe, quote, quoteBytes } from './shell-quote.js'

/**
 * Returns an HTTPie command that sends the same request again. The body is piped to standard input, so that HTTPie
 * does not interpret it. HTTPie cannot suppress its default User-Agent.
 */
export function toHttpie(call: CopiedRequest): string {
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

/** HTTPie reads `:@` as a file name and `:=` as a JSON field. A backslash before the value prevents both. */
const item = (name: string, value: string) => quoteBytes(`${name}:${/^[@=]/.test(value) ? '\\' : ''}${value}`)
