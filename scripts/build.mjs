import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const servers = { shared: ['src', 'server'], drizzle: ['src'], worker: ['src'], api: ['src'] }

/** Compiles the servers file by file (same tree, .js for .ts) and bundles the SPA. Only what changed since last time. */
export async function build({ log = console.log, web = true } = {}) {
  const stamps = await readStamps()
  for (const [name, folders] of Object.entries(servers)) {
    await step(
      name,
      stamps,
      folders.map((folder) => join(name, folder)),
      log,
      () => compile(name, folders),
    )
  }
  if (web && existsSync(join(root, 'web/index.html'))) {
    await step('web', stamps, ['web/src', 'web/public', 'shared/src'], log, bundleWeb)
  }
}

async function step(name, stamps, folders, log, run) {
  const stamp = fingerprint(folders)
  if (stamps[name] === stamp && existsSync(join(root, name, 'dist'))) return
  log(`Building ${name}`)
  await rm(join(root, name, 'dist'), { recursive: true, force: true })
  await run()
  stamps[name] = stamp
  await writeFile(join(root, '.cache-build.json'), JSON.stringify(stamps))
}

async function compile(name, folders) {
  const { build: esbuild } = await import('esbuild')
  const entryPoints = folders.flatMap((folder) =>
    walk(join(root, name, folder)).filter(
      (file) => file.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(file),
    ),
  )
  await esbuild({
    entryPoints,
    outdir: join(root, name, 'dist'),
    outbase: join(root, name),
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    logLevel: 'warning',
  })
}

async function bundleWeb() {
  const { build: vite } = await import(pathToVite())
  await vite({ root: join(root, 'web'), logLevel: 'warn' })
  for (const file of walk(join(root, 'web/dist'))) {
    if (!['.js', '.css', '.html', '.svg'].includes(extname(file))) continue
    const bytes = await readFile(file)
    if (bytes.length < 1024) continue
    await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }))
    await writeFile(
      `${file}.br`,
      brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    )
  }
}

/** Vite is the SPA's dependency, not the root's. */
const pathToVite = () => join(root, 'web/node_modules/vite/dist/node/index.js')

const fingerprint = (folders) =>
  folders
    .flatMap((folder) => (existsSync(join(root, folder)) ? walk(join(root, folder)) : []))
    .concat(['web/index.html', 'web/vite.config.ts'].map((file) => join(root, file)).filter(existsSync))
    .map((file) => `${relative(root, file)} ${statSync(file).mtimeMs} ${statSync(file).size}`)
    .sort()
    .join('\n')

function walk(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

async function readStamps() {
  try {
    return JSON.parse(await readFile(join(root, '.cache-build.json'), 'utf8'))
  } catch {
    // No build yet.
    return {}
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
