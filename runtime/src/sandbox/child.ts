import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ProcessMessage, SandboxJob } from './messages.js'
import { createThreadPool } from './thread-pool.js'

/**
 * The process for scripts. It has an empty environment, no keys and no connections. A script that escapes from QuickJS
 * would find only this process.
 */
process.on('disconnect', () => process.exit())
// The parent may have disconnected while this module was loading. Node emits no event for that.
if (!process.connected) process.exit()

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
const wasmModule = await WebAssembly.compile(await readFile(wasmFile))
const pool = createThreadPool({
  threads: Number(process.argv[2] ?? 1),
  wasmModule,
  ready: () => post({ kind: 'ready' }),
  answer: (answer) => post({ kind: 'answer', answer }),
})

function post(message: ProcessMessage) {
  if (process.connected) process.send?.(message)
}

process.on('message', (job: SandboxJob) => pool.add(job))
