import { connect } from '@whook/drizzle'
import type { Figure } from '../report.js'
import { median } from '../rounds.js'
import { seedRequests } from '../seed/seed-requests.js'
import { startSetting, type Setting } from './setting.js'

const asked = 15

/** The list and one request with few rows stored against many, and how long a day takes to go. */
export async function manyRowsFigures({
  rows,
  say,
}: {
  rows: number
  say: (line: string) => void
}): Promise<Figure[]> {
  const setting = (await startSetting('embedded'))!
  const { sql, close } = connect(setting.databaseUrl, { poolSize: 1, name: 'bench', statementTimeoutMs: 0 })
  const seed = (count: number, days: number) =>
    seedRequests({ sql, webhookId: setting.webhook.id, rows: count, days })
  try {
    await seed(10_000, 1)
    const few = await askAll(setting)
    say(`Storing ${rows.toLocaleString('en-US')} rows`)
    await seed(rows, 20)
    const many = await askAll(setting)
    const label = `${rows / 1e6} million stored`
    return Object.keys(many).map((name) => ({
      name: `${name}, ${label}`,
      ours: many[name]!,
      unit: 'ms',
      floor: { name: 'with 10,000', value: few[name]! },
      hold: { atMost: 1.5 },
    }))
  } finally {
    await close()
    await setting.stop()
  }
}

async function askAll({ product, webhook }: Setting): Promise<Record<string, number>> {
  const list = `/api/v1/webhooks/${webhook.id}/requests?limit=50`
  const { items } = await product.call<{ items: { id: string }[] }>('GET', list)
  const paths = {
    'first page': list,
    'first page, by method': `${list}&method=DELETE`,
    'first page, by status': `${list}&status=none`,
    'one request': `/api/v1/requests/${items[0]!.id}`,
  }
  const found: Record<string, number> = {}
  for (const [name, path] of Object.entries(paths)) {
    const times: number[] = []
    for (let n = 0; n < asked; n++) {
      const at = performance.now()
      await product.call('GET', path)
      times.push(performance.now() - at)
    }
    found[name] = median(times)
  }
  return found
}
