import { cpus, totalmem } from 'node:os'

/** One line of the published table. A figure that misses its limit stays in the table, marked MISSED. */
export interface Figure {
  name: string
  ours: number
  unit: string
  floor?: { name: string; value: number }
  /** The promised limits of ours / floor, or of ours without a floor. */
  hold?: { atLeast?: number; atMost?: number }
  p50Ms?: number
  p99Ms?: number
  /** Requests acknowledged and not stored. Undefined where no request is sent. */
  lost?: number
  note?: string
}

export const ratio = ({ ours, floor }: Figure) => (floor ? ours / floor.value : undefined)

export function holds(figure: Figure): boolean | undefined {
  if (figure.lost) return false
  if (!figure.hold) return undefined
  const value = ratio(figure) ?? figure.ours
  return value >= (figure.hold.atLeast ?? -Infinity) && value <= (figure.hold.atMost ?? Infinity)
}

export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${cpus().length} x ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`
}

/** Returns a Markdown table, readable in the terminal and ready for docs/figures.md. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${number(figure.ours)} ${figure.unit}`,
    figure.floor ? `${figure.floor.name} ${number(figure.floor.value)}` : '',
    ratio(figure)?.toFixed(2) ?? '',
    holdText(figure),
    figure.p50Ms === undefined ? '' : `${number(figure.p50Ms)} / ${number(figure.p99Ms ?? 0)} ms`,
    figure.lost === undefined ? '' : String(figure.lost),
    figure.note ?? '',
  ])
  return markdownTable([['figure', 'ours', 'floor', 'ratio', 'hold', 'p50 / p99', 'lost', ''], ...rows])
}

/** Returns a Markdown table. All rows have the same length; the first row is the heading. */
export function markdownTable(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [
    line(rows[0]!),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.slice(1).map(line),
  ].join('\n')
}

function holdText(figure: Figure): string {
  const { atLeast, atMost } = figure.hold ?? {}
  const wanted = [atLeast === undefined ? '' : `>= ${atLeast}`, atMost === undefined ? '' : `<= ${atMost}`]
  const verdict = holds(figure)
  return [...wanted.filter(Boolean), verdict === undefined ? '' : verdict ? 'held' : 'MISSED']
    .filter(Boolean)
    .join(' ')
}

export const number = (value: number) =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en-US')
    : value.toPrecision(3).replace(/\.?0+$/, '')
