import { randomInt } from 'node:crypto'

export interface Page {
  status: number
  headers: Headers
  location: string
  json: <T>() => T
}

interface BrowserCallOptions {
  method?: string
  headers?: Record<string, string>
  body?: object
}

/** A minimal browser for sign-in: it keeps cookies and has its own client address behind the local proxy. */
export function createBrowser(port: number) {
  const cookies = new Map<string, string>()
  const address = `198.51.${randomInt(256)}.${randomInt(256)}`

  async function call(
    path: string,
    { method = 'GET', headers = {}, body }: BrowserCallOptions = {},
  ): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      body: body && JSON.stringify(body),
      headers: {
        'x-forwarded-for': address,
        ...(cookie ? { cookie } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
    })
    for (const line of response.headers.getSetCookie()) keep(line)
    const text = await response.text()
    const location = response.headers.get('location') ?? ''
    return { status: response.status, headers: response.headers, location, json: () => JSON.parse(text) }
  }

  function keep(line: string) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
    if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name!)
    else cookies.set(name!, value!)
  }

  return { call, cookies }
}

export type Browser = ReturnType<typeof createBrowser>
