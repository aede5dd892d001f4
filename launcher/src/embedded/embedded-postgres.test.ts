import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'whook pg '))
  await chmod(dir, 0o711)
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir })
  cleanups.push(server.stop)
  return server
}

async function ask<T>(url: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await question(sql)
  } finally {
    await sql.end()
  }
}

const note = (url: string) => ask(url, (sql) => sql`create table note as select 'kept' as text`)
const notes = (url: string) => ask(url, (sql) => sql`select text from note`)

describe('startEmbeddedPostgres', { timeout: 120_000 }, () => {
  it('keeps its data over a restart in a path with spaces', async () => {
    const dataDir = await folder()
    const first = await start(dataDir)
    await note(first.url)
    await first.stop()
    expect(() => process.kill(first.pid, 0)).toThrow()
    const second = await start(dataDir)
    expect([...(await notes(second.url))]).toEqual([{ text: 'kept' }])
  })

  it('recovers all committed data after kill -9', async () => {
    const dataDir = await folder()
    const first = await start(dataDir)
    await note(first.url)
    process.kill(first.pid, 'SIGKILL')
    const second = await start(dataDir)
    expect([...(await notes(second.url))]).toEqual([{ text: 'kept' }])
  })

  it('starts a new server when the running one exits meanwhile', async () => {
    const dataDir = await folder()
    const first = await start(dataDir)
    await note(first.url)
    process.kill(first.pid, 'SIGSTOP')
    const second = start(dataDir)
    await sleep(500)
    process.kill(first.pid, 'SIGKILL')
    expect(await second).toMatchObject({ attached: false })
    expect([...(await notes((await second).url))]).toEqual([{ text: 'kept' }])
  })

  it('attaches to the running server instead of starting a second one', async () => {
    const dataDir = await folder()
    const first = await start(dataDir)
    const second = await start(dataDir)
    expect(second.pid).toBe(first.pid)
    expect(second.url).toBe(first.url)
  })

  it('requires the password, and keeps fsync on', async () => {
    const server = await start(await folder())
    const wrong = new URL(server.url)
    wrong.password = 'wrong'
    await expect(ask(wrong.href, (sql) => sql`select 1`)).rejects.toThrow(/password/)
    expect(await ask(server.url, (sql) => sql`show fsync`)).toEqual([{ fsync: 'on' }])
  })
})
