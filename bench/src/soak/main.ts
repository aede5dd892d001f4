import { parseArgs } from 'node:util'
import { machineLine } from '../report.js'
import { renderSoak } from './render-soak.js'
import { runSoak, type SoakOptions } from './run-soak.js'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '100' },
    mode: { type: 'string', default: 'embedded' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    json: { type: 'boolean', default: false },
  },
})

const positive = (name: 'minutes' | 'rate') => {
  const value = Number(values[name])
  if (!(value > 0)) throw new Error(`--${name} requires a number above 0`)
  return value
}
// Otherwise the started processes keep running.
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())

const options: SoakOptions = {
  mode: values.mode === 'redis' ? 'redis' : 'embedded',
  minutes: positive('minutes'),
  perSecond: positive('rate'),
  seed: Number(values.seed),
  signal: interrupted.signal,
  say: (line) => process.stderr.write(`${line}\n`),
}
const { mode, minutes, perSecond, seed } = options
options.say!(`Soak: ${mode}, ${minutes} minutes at ${perSecond}/s, seed ${seed}`)
const report = await runSoak(options)
console.log(
  values.json
    ? JSON.stringify(
        { machine: machineLine(), at: new Date().toISOString(), mode, minutes, perSecond, seed, ...report },
        null,
        2,
      )
    : `\n${renderSoak(options, report)}\n\n${machineLine()}, ${new Date().toISOString().slice(0, 10)}`,
)
const grows = report.rows.some(({ verdict }) => verdict === 'growing')
process.exit(grows || report.violations.length > 0 ? 1 : 0)
