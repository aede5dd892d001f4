type RestCall = <T>(method: string, path: string, body: unknown) => Promise<T>

/** Retry policy of the three destinations. Without jitter, so that the earliest time of each retry is known. */
export const retry = { strategy: 'list', delaysSeconds: [1, 1, 2], attemptsMax: 50, jitter: 0 }

/** Milliseconds in which a destination must respond. The flaky sink sometimes responds later. */
export const timeoutMs = 3000

/** Adds the three destinations of the sink and returns their ids. */
export async function addDestinations(call: RestCall, webhookId: string, port: number) {
  const add = async (name: string, extra: object) => {
    const body = {
      name,
      url: `http://127.0.0.1:${port}/${name}`,
      timeoutMs,
      retry,
      limits: { concurrency: 100 },
      ...extra,
    }
    return (await call<{ id: string }>('POST', `/webhooks/${webhookId}/destinations`, body)).id
  }
  return {
    healthy: await add('healthy', { script: 'function transform(data) { return data }' }),
    flaky: await add('flaky', {}),
    ordered: await add('ordered', { orderingKey: 'body.lane' }),
  }
}
