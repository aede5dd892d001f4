import { markdownTable, number } from '../report.js'
import { rule } from './judge.js'
import type { SoakOptions, SoakReport } from './run-soak.js'

const shownMax = 20

export function renderSoak({ mode, minutes, perSecond, seed }: SoakOptions, report: SoakReport): string {
  const answers = Object.entries(report.answers).map(([answer, times]) => `${times} x ${answer}`)
  const table = report.rows.map(({ name, unit, first, last, most, slopePerHour, verdict }) => [
    name,
    unit,
    number(first),
    number(last),
    number(most),
    number(slopePerHour),
    verdict,
  ])
  return [
    `${mode}, ${minutes} minutes at ${perSecond}/s, seed ${seed}: answered ${answers.join(', ')}; ${report.visits} visits`,
    '',
    markdownTable([['', 'unit', 'first quarter', 'last quarter', 'most', 'per hour', ''], ...table]),
    '',
    `(${rule})`,
    '',
    ...(report.violations.length === 0
      ? ['No violations: the ledger balances.']
      : [`${report.violations.length} violations:`]),
    ...report.violations.slice(0, shownMax).map((violation) => `- ${violation}`),
  ].join('\n')
}
