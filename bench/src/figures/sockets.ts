import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { startCrowd } from '../load/socket-crowd.js'
import { makeUsers, type User } from '@whook/testing/product/make-users'
import { cpuMs } from '@whook/testing/product/process-usage'
import type { Figure } from '../report.js'
import { body, startSetting, type Setting } from './setting.js'

const perSecond = 200
const users = 50
const socketsPerUser = 20
const settleMs = 2000

/** Measures the CPU cores that open dashboards cost the api, on top of accepting requests. Reports both values. */
export async function socketFigures({ seconds }: { seconds: number }): Promise<Figure[]> {
  const setting = (await startSetting('embedded'))!
  try {
    const watchers = await makeUsers(setting, users)
    await coresDuring(setting, watchers, 2)
    const alone = await coresDuring(setting, watchers, seconds)
    const crowd = await startCrowd({
      port: setting.product.ports[0]!,
      authorizations: watchers.map(({ authorization }) => authorization),
      socketsEach: socketsPerUser,
    })
    const watched = await coresDuring(setting, watchers, seconds)
    await sleep(settleMs)
    const { messages, gaps } = await crowd.stop()
    return [
      {
        name: `${users * socketsPerUser} sockets of ${users} users, ${perSecond} messages/s: cores of the api for it`,
        ours: Math.max(0, watched.cores - alone.cores),
        unit: 'cores',
        hold: { atMost: 0.5 },
        lost: Math.max(0, watched.accepted * socketsPerUser - messages),
        note: [
          `${watched.cores.toFixed(2)} with them, ${alone.cores.toFixed(2)} without`,
          ...(gaps > 0 ? [`${gaps} gap messages`] : []),
        ].join(', '),
      },
    ]
  } finally {
    await setting.stop()
  }
}

async function coresDuring({ product }: Setting, watchers: readonly User[], seconds: number) {
  const pid = product.apis[0]!.pid!
  const [startedAt, before] = [performance.now(), cpuMs(pid)]
  let accepted = 0
  const calls: Promise<void>[] = []
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const { slug } = watchers[sent % watchers.length]!
    const url = `http://127.0.0.1:${product.ports[0]}/${slug}`
    calls.push(
      request(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).then(
        async ({ statusCode, body: answer }) => {
          await answer.dump()
          if (statusCode === 202) accepted++
        },
      ),
    )
    await sleep(startedAt + ((sent + 1) * 1000) / perSecond - performance.now())
  }
  await Promise.all(calls)
  return { accepted, cores: (cpuMs(pid) - before) / (performance.now() - startedAt) }
}
