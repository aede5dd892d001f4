import { parseArgs } from 'node:util'
import { endToEndFigures } from './figures/end-to-end.js'
import { fairnessFigures } from './figures/fairness.js'
import { ingestFigures } from './figures/ingest.js'
import { deliveryFigure, storeFigure } from './figures/pipeline.js'
import { socketFigures } from './figures/sockets.js'
import { manyRowsFigures } from './figures/ten-million.js'
import { uiFigures } from './figures/ui.js'
import { machineLine, renderTable, type Figure } from './report.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    only: { type: 'string' },
  } as const,
})

const say = (line: string) => process.stderr.write(`${line}\n`)
const effort = values.quick ? { rounds: 1, seconds: 2 } : { rounds: 5, seconds: 5 }
const rows = Number(values.rows ?? (values.quick ? 200_000 : 10_000_000))
const stages: Record<string, () => Promise<Figure[]>> = {
  // First, because it measures the default settings.
  deliveries: () => deliveryFigure(effort),
  ingest: () => ingestFigures(effort),
  store: () => storeFigure(effort),
  fairness: () => fairnessFigures(effort),
  live: () => endToEndFigures(effort),
  sockets: () => socketFigures(effort),
  ui: () => uiFigures(effort),
  rows: () => manyRowsFigures({ rows, say }),
}

const figures: Figure[] = []
for (const [name, run] of Object.entries(stages)) {
  if (values.only && !values.only.split(',').includes(name)) continue
  say(`Measuring ${name} ...`)
  try {
    figures.push(...(await run()))
  } catch (error) {
    // Keep the figures of the other stages.
    say(`${name} failed: ${String((error as Error).stack)}`)
    process.exitCode = 1
  }
}
console.log(
  values.json
    ? JSON.stringify({ machine: machineLine(), at: new Date().toISOString(), figures }, null, 2)
    : `\n${renderTable(figures)}\n\n${machineLine()}, ${new Date().toISOString().slice(0, 10)}`,
)
