import { parentPort, workerData } from 'node:worker_threads'
import type { SandboxJob, ThreadMessage } from './messages.js'
import { createVm } from './run-in-vm.js'

/** A thread of the sandbox process. It runs one job at a time until it is terminated. */
const port = parentPort
if (!port) throw new Error('sandbox/thread runs as a worker thread')
const post = (message: ThreadMessage) => port.postMessage(message)

const runJob = await createVm((workerData as { wasmModule: WebAssembly.Module }).wasmModule)
port.on('message', (job: SandboxJob) => {
  const { retire, ...answer } = runJob(job)
  post({ kind: 'answer', answer: { id: job.id, ...answer }, retire })
})
// The first run of a thread compiles shared code. Run it before the first user's script.
runJob({ op: 'run', script: 'function transform(data) { return data }', input: '{"body":"{}"}', data: '{}' })
post({ kind: 'ready' })
