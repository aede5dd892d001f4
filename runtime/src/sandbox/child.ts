import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { ProcessMessage, SandboxJob } from './messages.js'
import { createThreadPool } from './thread-pool.js'

/**
 * The process scripts run in. It is started with an empty environment and holds nothing: no key, no connection. Should a
 * script ever get out of QuickJS, this is what it finds.
 */
process.on('disconnect', () => process.exit())
// It may have gone while this was loading: then nothing tells of it any more.
if (!process.connected) process.exit()

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
const wasmModule = await WebAssembly.compile(await readFile(wasmFile))
const pool = createThreadPool({
  threads: Number(process.argv[2] ?? 1),
  wasmModule,
  ready: () => tell({ kind: 'ready' }),
  answer: (answer) => tell({ kind: 'answer', answer }),
})

function tell(message: ProcessMessage) {
  if (process.connected) process.send?.(message)
}

process.on('message', (job: SandboxJob) => pool.add(job))
