import type { Problem } from '@whook/shared'

/** An error response of the server (RFC 9457). Switch on `code`: it is stable, the message is not. */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly errors: { path: string; message: string }[]

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? 'Unexpected response from the server')
    this.code = problem.code ?? 'unknown'
    this.status = problem.status
    this.errors = problem.errors ?? []
  }

  /** Returns the error message of one field, by its JSON pointer. */
  at(path: string): string | undefined {
    return this.errors.find((error) => error.path === path)?.message
  }
}

export class Unreachable extends Error {
  constructor() {
    super('Whook cannot be reached. Check that it is running.')
  }
}

type Query = Record<string, string | number | undefined>

let csrfToken: string | undefined
let onExpired: () => void = () => {}

export const setCsrfToken = (token: string | null) => (csrfToken = token ?? undefined)
export const whenSessionExpires = (listener: () => void) => (onExpired = listener)

/** Sends every REST call of the SPA. Returns the response body. Throws ApiProblem or Unreachable. */
export async function call<T>(
  method: string,
  path: string,
  { query, body }: { query?: Query; body?: unknown } = {},
): Promise<T> {
  const answer = await request(method, withQuery(path, query), body)
  if (answer.status === 204) return undefined as T
  const content = await jsonOf(answer)
  if (answer.ok) return content as T
  if (answer.status === 401 && path.startsWith('/api/')) onExpired()
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
export async function callHook(
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

function withQuery(path: string, query: Query = {}): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  if (entries.length === 0) return path
  return `${path}?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`
}
