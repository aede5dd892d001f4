import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../free-port.js'
import { ensureBuilt } from '@whook/testing/ensure-built'
import { launched, processesOf } from '@whook/testing/launched'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const key = 'a key of the local owner, for this test only'
const cleanups: (() => unknown)[] = []

beforeAll(ensureBuilt)
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function newFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'whook launch '))
  await chmod(dir, 0o711)
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function takePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => new Promise((resolve) => server.close(resolve))
  return { port: (server.address() as AddressInfo).port, close }
}

function start(options: Parameters<typeof launched>[0]) {
  const whook = launched({ ...options, env: { WHOOK_API_KEY: key, ...options.env } })
  cleanups.push(async () => {
    whook.signal('SIGTERM')
    await whook.ended
  })
  return whook
}

const post = (url: string, body = '{"hello":"world"}') => fetch(url, { method: 'POST', body })

async function requestCount(port: number) {
  const answer = await fetch(`http://localhost:${port}/api/v1/webhooks`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const { items } = (await answer.json()) as { items: { requestCount: number }[] }
  return items[0]!.requestCount
}

describe('npm start', { timeout: 90_000 }, () => {
  it('prints a sign-in link, a webhook URL and a curl command that all work', async () => {
    const port = await freePort()
    const whook = start({ dataDir: await newFolder(), port })
    const { url, loginUrl, webhookUrl, curl } = await whook.ready()
    expect(url).toBe(`http://localhost:${port}`)
    expect((await post(webhookUrl)).status).toBe(202)
    expect(curl).toContain(webhookUrl)
    if (spawnSync('curl', ['--version']).status === 0) {
      expect(execFileSync('sh', ['-c', `${curl} --silent`], { encoding: 'utf8' })).toContain('"accepted"')
    }
    const token = new URL(loginUrl).hash.slice('#token='.length)
    const signIn = () =>
      fetch(`${url}/auth/local`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ token }),
      })
    const first = await signIn()
    expect(first.ok).toBe(true)
    expect(first.headers.getSetCookie()).toHaveLength(1)
    expect((await signIn()).ok).toBe(false)
    // Warnings differ by Node.js version. No version may print one.
    expect(whook.output()).not.toMatch(/Warning/)
  })

  it('exits with code 1 when another Whook uses the data folder', async () => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const first = start({ dataDir, port })
    const { webhookUrl } = await first.ready()
    const { code, output } = await start({ dataDir, port: await freePort() }).ended
    expect(code).toBe(1)
    expect(output).toContain(`Another Whook (pid ${first.pid}) already uses the data folder ${dataDir}`)
    expect((await post(webhookUrl)).status).toBe(202)
  })

  it('exits with code 1 and proposes another port when the port is in use', async () => {
    const dataDir = await newFolder()
    const { port, close } = await takePort()
    cleanups.push(close)
    const { code, output } = await start({ dataDir, port }).ended
    expect(code).toBe(1)
    expect(output).toContain(`Port ${port} on 127.0.0.1 is already in use`)
    expect(output).toContain(`APP_PORT=${port + 1} npm start`)
    expect(processesOf(dataDir)).toEqual([])
  })

  it.each([
    [{ APP_PORT: 'abc', ACCEPT: 'redis' }, ['APP_PORT must be integer', 'ACCEPT must be queue or database']],
    [{ APP_HOST: '203.0.113.9' }, ['APP_HOST=203.0.113.9 is not an address of this machine']],
  ])('exits before it starts a database when the config is %j', async (env, messages) => {
    const dataDir = await newFolder()
    const { code, output } = await start({ dataDir, port: await freePort(), env }).ended
    expect(code).toBe(1)
    for (const message of messages) expect(output).toContain(message)
    expect(output).not.toContain('PostgreSQL')
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('reports that it waits when PostgreSQL is unreachable, and stops at Ctrl-C', async () => {
    const env = { DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`, SECRET_KEY: key }
    const whook = start({ dataDir: await newFolder(), port: await freePort(), env })
    await expect.poll(whook.output, { timeout: 20_000 }).toContain('Waiting for PostgreSQL')
    whook.signalGroup('SIGINT')
    expect(await whook.ended).toMatchObject({ code: 0 })
  })

  it('names the data folder when it is not writable', async () => {
    const dataDir = join(await newFolder(), 'a file')
    writeFileSync(dataDir, '')
    const { code, output } = await start({ dataDir, port: await freePort() }).ended
    expect(code).toBe(1)
    expect(output).toContain(`The data folder ${dataDir} cannot be written to`)
  })

  it('exits with code 1 and names the file when the database password is missing', async () => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const first = start({ dataDir, port })
    await first.ready()
    first.signalGroup('SIGINT')
    await first.ended
    rmSync(join(dataDir, 'postgres-password'))
    const { code, output } = await start({ dataDir, port }).ended
    expect(code).toBe(1)
    expect(output).toContain(
      `The file with the database password is missing: ${join(dataDir, 'postgres-password')}`,
    )
    expect(processesOf(dataDir)).toEqual([])
  })

  it('exits with code 1 and names the file when the secret key is lost', async () => {
    const dataDir = await newFolder()
    const first = start({ dataDir, port: await freePort() })
    await first.ready()
    first.signal('SIGTERM')
    await first.ended
    rmSync(join(dataDir, 'secret-key'))
    const { code, output } = await start({ dataDir, port: await freePort() }).ended
    expect(code).toBe(1)
    expect(output).toContain(`${join(dataDir, 'secret-key')} is missing`)
    expect(output).toContain('Restore the file from a backup')
    expect(existsSync(join(dataDir, 'secret-key'))).toBe(false)
  })

  it('stops all processes at Ctrl-C, and has its requests after a restart', async () => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const first = start({ dataDir, port })
    const { webhookUrl } = await first.ready()
    expect((await post(webhookUrl)).status).toBe(202)
    first.signalGroup('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(processesOf(dataDir)).toEqual([])

    const again = await start({ dataDir, port }).ready()
    expect(again.webhookUrl).toBe(webhookUrl)
    expect(await requestCount(port)).toBe(1)
  })

  it('stops all processes when Ctrl-C is pressed repeatedly', async () => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const whook = start({ dataDir, port })
    await whook.ready()
    whook.signalGroup('SIGINT')
    await expect.poll(whook.output, { timeout: 20_000, interval: 1 }).toContain('Stopping')
    whook.signalGroup('SIGINT')
    whook.signal('SIGTERM')
    expect(await whook.ended).toMatchObject({ code: 0 })
    expect(processesOf(dataDir)).toEqual([])
  })

  it.each([
    ['its terminal is closed', 'SIGHUP'],
    ['its output has no reader at Ctrl-C', 'SIGINT'],
  ] as const)('stops all processes when %s', async (_, signal) => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const whook = start({ dataDir, port })
    await whook.ready()
    whook.stopReading()
    whook.signalGroup(signal)
    expect(await whook.ended).toMatchObject({ code: 0 })
    expect(processesOf(dataDir)).toEqual([])
  })

  it('restarts its database and accepts requests again when the database is killed', async () => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const whook = start({ dataDir, port })
    const { webhookUrl } = await whook.ready()
    const databasePid = () =>
      Number(readFileSync(join(dataDir, 'pg18/postmaster.pid'), 'utf8').split('\n')[0])
    const killed = databasePid()
    process.kill(killed, 'SIGKILL')
    await expect.poll(whook.output, { timeout: 20_000 }).toContain('PostgreSQL exited; restarting')
    await expect
      .poll(async () => (await post(webhookUrl)).status, { timeout: 30_000, interval: 250 })
      .toBe(202)
    await expect.poll(() => requestCount(port), { timeout: 10_000 }).toBeGreaterThan(0)
    expect(databasePid()).not.toBe(killed)
    whook.signalGroup('SIGINT')
    expect(await whook.ended).toMatchObject({ code: 0 })
    expect(processesOf(dataDir)).toEqual([])
  })

  it('stops all processes when Ctrl-C is pressed during the start', async () => {
    const dataDir = await newFolder()
    const whook = start({ dataDir, port: await freePort() })
    await expect.poll(() => processesOf(dataDir).length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(1)
    whook.signalGroup('SIGINT')
    await whook.ended
    expect(processesOf(dataDir)).toEqual([])
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'stops all processes when only npm receives %s',
    async (signal) => {
      const [folder, dataDir] = [await newFolder(), await newFolder()]
      const file = (path: string) => pathToFileURL(join(root, path)).href
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: 'node start.mjs' } }))
      writeFileSync(
        join(folder, 'start.mjs'),
        `import { endWithNpm } from '${file('scripts/end-with-npm.mjs')}'
       import { launch } from '${file('launcher/dist/src/launch/launch.js')}'
       endWithNpm()
       await launch(process.env)`,
      )
      const whook = start({ dataDir, port: await freePort(), root: folder, command: ['npm', 'start'] })
      await whook.ready()
      whook.signal(signal)
      await whook.ended
      await expect.poll(() => processesOf(dataDir), { timeout: 30_000 }).toEqual([])
    },
  )

  it('stops all processes, including the database, after kill -9 of the launcher', async () => {
    const dataDir = await newFolder()
    const whook = start({ dataDir, port: await freePort() })
    await whook.ready()
    whook.signal('SIGKILL')
    await whook.ended
    await expect.poll(() => processesOf(dataDir), { timeout: 30_000 }).toEqual([])
    expect(readdirSync(join(dataDir, 'pg18'))).not.toContain('postmaster.pid')
  })

  it.each([
    { killed: 'the launcher', everything: false },
    { killed: 'all its processes', everything: true },
  ])('has all requests answered 202 after kill -9 of $killed', async ({ everything }) => {
    const [dataDir, port] = [await newFolder(), await freePort()]
    const first = start({ dataDir, port })
    const { webhookUrl } = await first.ready()
    for (let number = 0; number < 20; number++) expect((await post(webhookUrl)).status).toBe(202)
    if (everything) {
      process.kill(
        Number(readFileSync(join(dataDir, 'pg18/postmaster.pid'), 'utf8').split('\n')[0]),
        'SIGKILL',
      )
      first.signalGroup('SIGKILL')
    } else first.signal('SIGKILL')
    await first.ended

    const again = await start({ dataDir, port }).ready()
    expect(again.webhookUrl).toBe(webhookUrl)
    expect(await requestCount(port)).toBe(20)
  })
})

/** User without privileges. In a checkout in root's home it cannot read the packages, so the test is skipped. */
const nobody = { uid: 65534, gid: 65534 }
const mayBeRead =
  process.getuid?.() === 0 &&
  spawnSync('test', ['-r', join(root, 'node_modules/.pnpm/lock.yaml')], nobody).status === 0

describe.runIf(mayBeRead)(
  'npm start as an unprivileged user in a folder with spaces',
  { timeout: 90_000 },
  () => {
    it('starts, accepts a request, and stops', async () => {
      const folder = await newFolder()
      const [copy, dataDir] = [join(folder, 'my whook'), join(folder, 'my data')]
      mkdirSync(copy)
      mkdirSync(dataDir)
      const packages = ['shared', 'runtime', 'drizzle', 'launcher', 'api', 'worker', 'package.json'].map(
        (name) => join(root, name),
      )
      execFileSync('cp', ['-a', ...packages, copy])
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      chmodSync(folder, 0o755)
      chownSync(dataDir, nobody.uid, nobody.gid)

      const whook = start({ dataDir, port: await freePort(), root: copy, runAs: nobody })
      const { webhookUrl } = await whook.ready()
      expect((await post(webhookUrl)).status).toBe(202)
      whook.signalGroup('SIGINT')
      expect(await whook.ended).toMatchObject({ code: 0 })
      expect(processesOf(dataDir)).toEqual([])
    })
  },
)
