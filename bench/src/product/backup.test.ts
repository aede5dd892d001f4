import type { ChildProcess } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@whook/drizzle'
import { backup } from '@whook/launcher/backup/backup-command'
import { startEmbeddedPostgres } from '@whook/launcher/embedded/embedded-postgres'
import { run, start } from '@whook/launcher/embedded/run-as'
import { serverUser } from '@whook/launcher/embedded/server-user'
import { verifyLedger } from '@whook/drizzle/queries/ledger/verify-ledger'
import { migrate } from '@whook/drizzle/migrate'
import { ensureBuilt } from '@whook/testing/ensure-built'
import { launched } from '@whook/testing/launched'
import { migrateQueues } from '@whook/runtime/queues/postgres'
import { request } from 'undici'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSink, type SeenCall, type Sink } from '@whook/testing/sink'
import { realCalls } from '@whook/testing/product/real-calls'
import { freePort } from '@whook/testing/product/start-redis'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const key = 'a key of the local owner, for this test only'
const cleanups: (() => unknown)[] = []

beforeAll(ensureBuilt)
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function newFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'whook backup '))
  await chmod(dir, 0o711)
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Starts a separate Whook on this folder or database. Returns functions for its REST API. */
async function startWhook(dataDir: string, env: Record<string, string> = {}) {
  const port = await freePort()
  const whook = launched({ dataDir, port, env: { WHOOK_API_KEY: key, ...env } })
  const stop = async () => {
    whook.signal('SIGTERM')
    await whook.ended
  }
  cleanups.push(stop)
  await whook.ready()
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await request(`http://localhost:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${bytes}`)
    return bytes
  }
  const rest = async <T>(method: 'GET' | 'POST', path: string, body?: object) =>
    JSON.parse((await ask(method, `/api/v1${path}`, body)).toString()) as T
  const post = async (slug: string, call: Partial<ReturnType<typeof realCalls>[number]>) => {
    const answer = await request(`http://127.0.0.1:${port}/${slug}${call.target ?? ''}`, {
      method: (call.method ?? 'POST') as 'POST',
      headers: call.headers,
      body: call.body ?? null,
    })
    expect(answer.statusCode).toBe(202)
    return ((await answer.body.json()) as { id: string }).id
  }
  const settled = async () => (await rest<{ ledger: { pending: number } }>('GET', '/stats')).ledger.pending
  return { ask, rest, post, settled, stop }
}

type Whook = Awaited<ReturnType<typeof startWhook>>

/** Creates a webhook that forwards to the sink. Returns its slug, the requests it received and its signing secret. */
async function use(whook: Whook, sink: Sink) {
  const { id, slug } = await whook.rest<{ id: string; slug: string }>('POST', '/webhooks', { name: 'Kept' })
  const { secret } = await whook.rest<{ secret: string }>('POST', `/webhooks/${id}/destinations`, {
    name: 'sink',
    url: sink.url,
  })
  const calls = realCalls()
  const ids: string[] = []
  for (const call of calls) ids.push(await whook.post(slug, call))
  await expect.poll(whook.settled, { timeout: 60_000 }).toBe(0)
  return { slug, secret, calls, ids }
}

/** Expects each request as it was sent. Expects that the webhook accepts and forwards the next request, signed. */
async function expectAllThere(
  whook: Whook,
  sink: Sink,
  { slug, secret, calls, ids }: Awaited<ReturnType<typeof use>>,
) {
  for (const [index, { name, method, headers, body }] of calls.entries()) {
    const stored = await whook.rest<{ method: string; headers: [string, string][] }>(
      'GET',
      `/requests/${ids[index]}`,
    )
    expect(stored.method, name).toBe(method)
    expect(stored.headers, name).toEqual(expect.arrayContaining(Object.entries(headers)))
    const bytes = await whook.ask('GET', `/api/v1/requests/${ids[index]}/body`)
    expect(bytes.equals(body ?? Buffer.alloc(0)), name).toBe(true)
  }
  const before = sink.seen.length
  await whook.post(slug, {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"after":"restore"}'),
  })
  await expect.poll(() => sink.seen.length, { timeout: 60_000 }).toBe(before + 1)
  const last = sink.seen.at(-1)!
  expect(last.body.toString()).toBe('{"after":"restore"}')
  expect(last.headers['webhook-signature']).toContain(signature(secret, last))
}

/** https://github.com/standard-webhooks/standard-webhooks, Signature scheme. */
function signature(secret: string, { headers, body }: SeenCall) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  return `v1,${createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(signed)
    .digest('base64')}`
}

async function verified(url: string) {
  const { sql, close } = connect(url, { poolSize: 1, name: 'backup test' })
  try {
    return await verifyLedger(sql)
  } finally {
    await close()
  }
}

describe('npm run backup', { timeout: 300_000 }, () => {
  const script = (name: 'backup', dataDir: string, ...args: string[]) =>
    run(
      'sh',
      [
        '-c',
        'cd "$0" && DATA_DIR="$1" exec "$2" "scripts/run.mjs" "$3" "$4"',
        root,
        dataDir,
        process.execPath,
        name,
        ...args,
      ],
      undefined,
    )

  it('copies a running Whook under load, and the copy starts with every request', async () => {
    await using sink = await createSink()
    const dataDir = await newFolder()
    const whook = await startWhook(dataDir)
    const used = await use(whook, sink)
    let loading = true
    const load = (async () => {
      for (let n = 0; loading; n++) await whook.post(used.slug, { body: Buffer.from(`during ${n}`) })
    })()
    const copy = join(await newFolder(), 'copy')
    await script('backup', dataDir, copy)
    loading = false
    await load
    await whook.stop()

    const server = await startEmbeddedPostgres({ dataDir: copy })
    cleanups.push(server.stop)
    expect(await verified(server.url)).toMatchObject({ differences: [], missingBatches: 0 })
    await server.stop()

    const restored = await startWhook(copy)
    await expect.poll(restored.settled, { timeout: 60_000 }).toBe(0)
    await expectAllThere(restored, sink, used)
  })

  it('copies a stopped Whook, and the copy starts when another user owns it', async () => {
    await using sink = await createSink()
    const dataDir = await newFolder()
    const whook = await startWhook(dataDir)
    const used = await use(whook, sink)
    await whook.stop()
    const copy = join(await newFolder(), 'copy')
    await script('backup', dataDir, copy)
    const elsewhere = join(await newFolder(), 'data')
    // Does not preserve the owners, like a download or an archive of another user.
    await cp(copy, elsewhere, { recursive: true })
    await expectAllThere(await startWhook(elsewhere), sink, used)
  })

  it('prints whether the copy contains the secret key', async () => {
    const dataDir = await newFolder()
    const told = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    cleanups.push(() => told.mockRestore())
    const server = await startEmbeddedPostgres({ dataDir })
    cleanups.push(server.stop)
    await backup({ DATA_DIR: dataDir }, join(await newFolder(), 'copy'))
    expect(told.mock.lastCall![0]).toContain('The secret key is included')
    await backup({ DATA_DIR: dataDir, SECRET_KEY: 'from .env' }, join(await newFolder(), 'copy'))
    expect(told.mock.lastCall![0]).toContain('SECRET_KEY is not included')
  })

  it('rejects a non-empty folder, a folder without Whook, and an external database', async () => {
    const [dataDir, nothing] = [await newFolder(), await newFolder()]
    await writeFile(join(dataDir, 'postgres-password'), 'x')
    await expect(script('backup', dataDir, root)).rejects.toThrow(/is not empty/)
    await expect(script('backup', nothing, join(nothing, 'copy'))).rejects.toThrow(/No Whook installation in/)
    expect(readdirSync(nothing)).toEqual([])
    const own = run(
      'sh',
      [
        '-c',
        `cd "$0" && DATABASE_URL=postgres://x@y/z "$1" scripts/run.mjs backup /tmp/x`,
        root,
        process.execPath,
      ],
      undefined,
    )
    await expect(own).rejects.toThrow(/pg_dump --format=custom/)
  })
})

/** Debian and the PostgreSQL project install all programs of a version in one folder. */
const bin = ['/usr/lib/postgresql', '/opt/homebrew/opt']
  .flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'bin')) : [],
  )
  .find((folder) =>
    ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(folder, name))),
  )

describe.runIf(bin)(`pg_dump and pg_restore, with the PostgreSQL of ${bin}`, { timeout: 300_000 }, () => {
  async function ownPostgres() {
    const [user, dir, port] = [await serverUser(), await newFolder(), await freePort()]
    await chmod(dir, 0o777)
    const data = join(dir, 'data')
    await run(
      join(bin!, 'initdb'),
      ['--username=whook', '--auth=trust', '--encoding=UTF8', `--pgdata=${data}`],
      user,
    )
    const options = [
      '-c',
      `port=${port}`,
      '-c',
      'unix_socket_directories=',
      '-c',
      'listen_addresses=127.0.0.1',
    ]
    const server: ChildProcess = start(join(bin!, 'postgres'), ['-D', data, ...options], user, {
      stdio: 'ignore',
    })
    cleanups.push(
      () =>
        new Promise((resolve) => {
          server.once('exit', resolve)
          server.kill('SIGINT')
        }),
    )
    const url = (name: string) => `postgres://whook@127.0.0.1:${port}/${name}`
    const tool = (name: string, ...args: string[]) => run(join(bin!, name), args, undefined)
    await expect
      .poll(
        () =>
          tool('psql', '-c', 'create database whook', url('postgres')).then(
            () => 1,
            () => 0,
          ),
        { timeout: 30_000 },
      )
      .toBe(1)
    return { dir, url, tool }
  }

  it('restores into a new database that Whook uses with the same SECRET_KEY', async () => {
    await using sink = await createSink()
    const { dir, url, tool } = await ownPostgres()
    const env = { SECRET_KEY: 'the key that was kept with the backup, and apart' }
    const whook = await startWhook(await newFolder(), { ...env, DATABASE_URL: url('whook') })
    const used = await use(whook, sink)
    await tool('pg_dump', '--format=custom', `--file=${join(dir, 'whook.dump')}`, url('whook'))
    await whook.stop()

    await tool('psql', '-c', 'create database restored', url('postgres'))
    await tool(
      'pg_restore',
      '--exit-on-error',
      '--no-owner',
      `--dbname=${url('restored')}`,
      join(dir, 'whook.dump'),
    )
    await migrate(url('restored'))
    await migrateQueues(url('restored'))
    expect(await verified(url('restored'))).toMatchObject({ differences: [], missingBatches: 0 })
    const restored = await startWhook(await newFolder(), { ...env, DATABASE_URL: url('restored') })
    await expectAllThere(restored, sink, used)
  })
})
