import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from '../testing/src/product/start-redis.js'
import { ensureBuilt } from '../testing/src/ensure-built.js'
import { launched } from '../testing/src/launched.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = ['shared', 'runtime', 'drizzle', 'launcher', 'api', 'worker']

/** A copy of the built product in its own folder. */
async function copyOfProduct() {
  await ensureBuilt()
  const folder = await mkdtemp(join(tmpdir(), 'whook-as-built-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o711)
  const [copy, dataDir] = [join(folder, 'product'), join(folder, 'data')]
  mkdirSync(copy)
  mkdirSync(dataDir)
  const files = ['package.json', 'pnpm-lock.yaml', '.cache-build.json']
  execFileSync('cp', ['-a', ...[...packages, 'scripts', ...files].map((name) => join(root, name)), copy])
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return { folder, copy, dataDir }
}

/** Every built file with its modification time. */
const built = (copy: string) =>
  packages
    .map((name) => join(copy, name, 'dist'))
    .flatMap((dist) =>
      readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((file) => join(dist, file)),
    )
    .map((file) => `${file} ${statSync(file).mtimeMs}`)

it('keeps the files of a running Whook on verify, backup and a second start', async () => {
  const { folder, copy, dataDir } = await copyOfProduct()
  const whook = launched({ root: copy, dataDir, port: await freePort() })
  onTestFinished(async () => {
    whook.signal('SIGTERM')
    await whook.ended
  })
  const { webhookUrl } = await whook.ready()
  expect((await fetch(webhookUrl, { method: 'POST', body: 'x' })).status).toBe(202)
  appendFileSync(join(copy, 'shared/src/limits.ts'), '\nexport const newer = true\n')
  appendFileSync(join(copy, 'pnpm-lock.yaml'), '\n# newer\n')
  const before = built(copy)

  /** The PATH has no npx, so a task that installs packages fails. */
  const npmRun = (task: string, ...args: string[]) =>
    new Promise<{ failed: boolean; output: string }>((resolve) => {
      const env = { PATH: folder, DATA_DIR: dataDir, APP_PORT: '1' }
      execFile(process.execPath, ['scripts/run.mjs', task, ...args], { cwd: copy, env }, (error, out, err) =>
        resolve({ failed: error !== null, output: out + err }),
      )
    })
  expect(await npmRun('verify')).toMatchObject({
    failed: false,
    output: expect.stringContaining('0 unaccounted for.'),
  })
  expect(await npmRun('backup', join(folder, 'copy'))).toMatchObject({
    failed: false,
    output: expect.stringContaining('To restore'),
  })
  expect(await npmRun('start')).toMatchObject({
    failed: true,
    output: expect.stringContaining(`Another Whook (pid ${whook.pid}) already uses the data folder`),
  })
  expect(built(copy)).toEqual(before)
}, 120_000)
