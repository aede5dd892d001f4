import { fork } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endWithNpm } from './end-with-npm.mjs'
import { readEnvFile } from './env-file.mjs'
import { checkNode, install, root } from './install.mjs'

const watched = ['shared/src', 'runtime/src', 'drizzle/src', 'launcher/src', 'api/src', 'worker/src']
const settleMs = 150
const vitePort = 5173

/** `npm run dev`: runs everything from source. Restarts api and worker when a file changes; Vite reloads the dashboard. */
async function dev() {
  checkNode()
  endWithNpm()
  await install()
  readEnvFile()

  const launcher = fork(fileURLToPath(new URL('dev-launch.mjs', import.meta.url)), {
    cwd: root,
    execArgv: ['--conditions=whook-source', '--import', 'tsx'],
    // Browsers and senders connect to Vite, which proxies all requests that are not for the dashboard.
    env: { PUBLIC_URL: `http://localhost:${vitePort}`, ...process.env },
  })
  launcher.once('exit', (code) => process.exit(code ?? 1))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => launcher.kill(signal))

  let timer
  for (const folder of watched) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (!file || /\.test\.ts$/.test(file)) return
      clearTimeout(timer)
      timer = setTimeout(() => launcher.send('restart'), settleMs)
    })
  }

  const { createServer } = await import(
    new URL('../web/node_modules/vite/dist/node/index.js', import.meta.url)
  )
  const vite = await createServer({ root: join(root, 'web'), server: { port: vitePort, strictPort: true } })
  await vite.listen()
}

await dev()
