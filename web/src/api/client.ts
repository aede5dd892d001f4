import type { Problem } from '@whook/shared'
import { ApiProblem, Unreachable } from '../problems.js'

interface CallInput {
  /** Values of the parts of the path in braces. */
  path?: Record<string, string | number>
  query?: Record<string, string | number | undefined>
  body?: unknown
}

let csrfToken: string | undefined
let onExpired: () => void = () => {}

export const setCsrfToken = (token: string | null) => (csrfToken = token ?? undefined)
export const whenSessionExpires = (listener: () => void) => (onExpired = listener)

/** Sends every REST call of the SPA; `api/routes.ts` adds the types. Throws ApiProblem or Unreachable. */
export async function send(
  method: string,
  template: string,
  { path = {}, query, body }: CallInput = {},
): Promise<unknown> {
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name]!))
  const answer = await request(method.toUpperCase(), withQuery(url, query), body)
  if (answer.status === 204) return undefined
  const content = await jsonOf(answer)
  if (answer.ok) return content
  if (answer.status === 401 && template.startsWith('/api/')) onExpired()
  throw new ApiProblem({ ...(content as Problem | undefined), status: answer.status })
}

const jsonOf = async (answer: Response): Promise<unknown> =>
  answer.headers.get('content-type')?.includes('json') ? answer.json() : undefined

async function request(method: string, url: string, body: unknown): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      credentials: 'same-origin',
      // The deletion must complete even when the user leaves the page.
      keepalive: method === 'DELETE',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(csrfToken ? { 'x-csrf-token': csrfToken } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    // The message of a network error has no useful details.
    throw new Unreachable()
  }
}

/** Returns the exact bytes of an API resource, such as a request body. Throws ApiProblem or Unreachable. */
export async function fetchBytes(path: string): Promise<Uint8Array> {
  const answer = await request('GET', path, undefined)
  if (!answer.ok) throw new ApiProblem({ status: answer.status })
  return new Uint8Array(await answer.arrayBuffer())
}

/**
 * Sends a request to the URL of a webhook, with any bytes and headers. Throws ApiProblem when it is refused, or
 * Unreachable. The status does not show acceptance, because a webhook can be configured to respond with any status.
 * The response to an accepted request has a request id or is a redirect.
 */
export async function sendToWebhook(
  url: string,
  init: { method: string; headers: [string, string][]; body?: BodyInit },
) {
  const answer = await fetch(new URL(url).pathname, {
    ...init,
    credentials: 'omit',
    redirect: 'manual',
  }).catch(() => {
    throw new Unreachable()
  })
  if (answer.type === 'opaqueredirect' || answer.headers.has('x-whook-request-id')) return
  throw new ApiProblem({ ...((await jsonOf(answer)) as Problem | undefined), status: answer.status })
}

function withQuery(path: string, query: CallInput['query'] = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  if (entries.length === 0) return path
  return `${path}?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`
}
