import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSandbox, type ScriptRequest } from './sandbox.js'
import { hostileScripts } from '@whook/testing/sandbox/hostile-scripts'

const secret = 'what-no-script-may-see'
const request: ScriptRequest = {
  id: 'r',
  method: 'POST',
  path: '/a',
  query: '',
  verification: 'unconfigured',
  headers: [],
  body: Buffer.from('{"n":1}'),
}
const innocent = 'function transform(data) { return { n: data.n + 1 } }'

describe('hostile scripts', () => {
  const sandbox = createSandbox({ threads: 2 })
  let pid: number | undefined
  let calmKiB: number

  beforeAll(async () => {
    process.env['SECRET_KEY'] = secret
    // Replace each thread once before the measurement: the first replacement of a thread adds the allocator's heap for it.
    await Promise.all([1, 2].map(() => sandbox.run({ script: 'for (;;);', request })))
    await sandbox.run({ script: innocent, request })
    pid = sandbox.pid
    calmKiB = await residentKiB(pid!)
  })
  afterAll(async () => {
    delete process.env['SECRET_KEY']
    await sandbox.close()
  })

  it.each(hostileScripts)(
    'ends $name in time, and runs the next script of another user',
    // A machine busy with other suites may be too slow once, but not three times.
    { retry: 2 },
    async ({ script, ends }) => {
      const result = await sandbox.run({ script, request, tenant: 'mallory' })

      // The thread is terminated after one second. The termination may take half a second more.
      expect(result.durationMs).toBeLessThan(1500)
      expect(JSON.stringify(result)).not.toContain(secret)
      expect(JSON.stringify(result.logs).length).toBeLessThan(200 * 1024)
      if (ends) expect(result.kind === 'error' ? result.error.kind : result.kind).toBe(ends)
      if (result.kind === 'error') {
        expect(Buffer.byteLength(result.error.message)).toBeLessThanOrEqual(1024)
        expect(result.error.message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
        expect(result.error.kind).not.toBe('crash')
      }

      expect(await sandbox.run({ script: innocent, request, tenant: 'ann' })).toMatchObject({
        kind: 'output',
        body: Buffer.from('{"n":2}'),
      })
      expect(sandbox.pid).toBe(pid)
    },
  )

  it('has all known scripts', () => expect(hostileScripts).toHaveLength(58))

  it('frees the memory of all scripts', async () => {
    await vi.waitFor(async () => expect((await residentKiB(pid!)) - calmKiB).toBeLessThan(20 * 1024), {
      timeout: 15_000,
      interval: 500,
    })
  })
})

async function residentKiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1])
}
