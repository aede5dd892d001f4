import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stampFile = join(root, '.cache-build.json')
const packages = ['shared', 'runtime', 'drizzle', 'launcher', 'worker', 'api']
const steps = [
  {
    name: 'the servers',
    folders: packages.map((name) => `${name}/src`),
    results: packages.map((name) => `${name}/dist`),
    run: compileServers,
  },
  {
    name: 'the dashboard',
    folders: ['web/src', 'web/public', 'shared/src'],
    results: ['web/dist'],
    run: bundleWeb,
  },
]

/** `npm run build`. */
export const main = () => build()

/** Compiles the servers and bundles the dashboard. Skips the steps whose sources have not changed. */
export async function build({ log = console.log, web = true } = {}) {
  for (const step of stale({ web })) {
    log(`Building ${step.name}`)
    // Remove the stamp first: a build that was interrupted counts as not built.
    await writeFile(stampFile, JSON.stringify({ ...readStamps(), [step.name]: undefined }))
    for (const folder of step.results) await rm(join(root, folder), { recursive: true, force: true })
    await step.run()
    await writeFile(stampFile, JSON.stringify({ ...readStamps(), [step.name]: fingerprint(step.folders) }))
  }
}

/** True when compiled servers exist, from any version of the source. */
export const builtServers = () =>
  readStamps()[steps[0].name] !== undefined &&
  steps[0].results.every((folder) => existsSync(join(root, folder)))

/** Returns the build steps whose sources changed or whose results are missing. */
export function stale({ web = true } = {}) {
  const stamps = readStamps()
  return steps
    .filter(({ run }) => web || run !== bundleWeb)
    .filter(
      ({ name, folders, results }) =>
        stamps[name] !== fingerprint(folders) || !results.every((folder) => existsSync(join(root, folder))),
    )
}

/**
 * Compiles our own files one by one (same tree, .js for .ts) and packs the npm packages into a few shared bundles.
 * Without bundles a process reads a thousand small files, which takes most of its start time.
 */
async function compileServers() {
  const { build: esbuild, stop } = await import('esbuild')
  const entryPoints = steps[0].folders.flatMap((folder) =>
    walk(join(root, folder))
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(file))
      .map((file) => ({ in: file, out: outputOf(file) })),
  )
  const { outputFiles } = await esbuild({
    entryPoints,
    outdir: root,
    chunkNames: 'shared/dist/bundled/[name]-[hash]',
    bundle: true,
    splitting: true,
    plugins: [packagesIntoBundles],
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'linked',
    logLevel: 'warning',
    write: false,
  })
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true })
    const isBundle = /\/bundled\/.*\.js$/.test(path)
    await writeFile(path, isBundle ? Buffer.concat([Buffer.from(requireForBundles), contents]) : contents)
  }
  await stop()
}

/** `api/src/app.ts` -> `api/dist/src/app`. */
const outputOf = (file) =>
  relative(root, file)
    .replace(/^(\w+)[\\/]/, '$1/dist/')
    .replace(/\.ts$/, '')

/** Packages that have a native part or read their own files. They are not bundled. */
const leftAlone =
  /^(@fastify\/secure-session|@fastify\/swagger-ui|pino|quickjs-emscripten-core|@jitl\/.+|@whook\/.+)$/
/** Optional packages. Their callers handle the missing import. */
const optional = new Set(['pg-native', 'msgpackr-extract'])

const packagesIntoBundles = {
  name: 'packages into bundles',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point') return undefined
      const isOurs = !importer.includes('node_modules')
      const stays = isOurs ? path.startsWith('.') || leftAlone.test(path) : optional.has(path)
      return stays ? { path, external: true } : undefined
    })
  },
}

/** CommonJS code in a bundle loads Node's own modules with `require`, which an ES module does not define. */
const requireForBundles =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url); "

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

/** Vite is a dependency of the `web` package, not of the root. */
const pathToVite = () => join(root, 'web/node_modules/vite/dist/node/index.js')

const always = ['pnpm-lock.yaml', 'scripts/build.mjs', 'web/index.html', 'web/vite.config.ts']
const fingerprint = (folders) =>
  folders
    .flatMap((folder) => (existsSync(join(root, folder)) ? walk(join(root, folder)) : []))
    .concat(always.map((file) => join(root, file)).filter(existsSync))
    .map((file) => `${relative(root, file)} ${statSync(file).mtimeMs} ${statSync(file).size}`)
    .sort()
    .join('\n')

function walk(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    // No build yet.
    return {}
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
