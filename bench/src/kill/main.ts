import { parseArgs } from 'node:util'
import { faults } from './faults.js'
import { machineLine } from '../report.js'
import { renderReport } from './report.js'
import { runKill, type KillOptions } from './run-kill.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '200' },
    mode: { type: 'string', default: 'embedded' },
    accept: { type: 'string' },
    quick: { type: 'boolean', default: false },
    flush: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})

const only = values.only?.split(',')
const unknown = only?.find((name) => !(name in faults))
if (unknown !== undefined) {
  console.error(`Unknown fault ${unknown}. Known: ${Object.keys(faults).join(', ')}`)
  process.exit(2)
}

const mode = values.mode === 'redis' ? 'redis' : 'embedded'
const options: KillOptions = {
  mode,
  accept: (values.accept as KillOptions['accept'] | undefined) ?? (mode === 'redis' ? 'queue' : 'database'),
  seed: Number(values.seed),
  seconds: values.quick ? 120 : Number(values.seconds),
  perSecond: Number(values.rate),
  flush: values.flush,
  only: only as KillOptions['only'],
  say: (line) => console.log(line),
}
console.log(
  `Kill test: ${mode}, ACCEPT=${options.accept}, seed ${options.seed}, ${options.seconds} s at ${options.perSecond}/s`,
)
const report = await runKill(options)
console.log(`\n${machineLine()}\n\n${renderReport(options, report)}`)
process.exit(report.verdicts.some(({ violations }) => violations.length > 0) ? 1 : 0)
