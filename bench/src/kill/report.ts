import type { FlushLosses } from './flush-queue.js'
import type { KillOptions, KillReport } from './run-kill.js'

const shownMax = 5

/** Returns the published report: the run, its faults, and each promise with its violations. */
export function renderReport({ mode, accept, seed, seconds }: KillOptions, report: KillReport): string {
  const kinds = new Map<string, number>()
  for (const fault of report.faults) {
    const kind = fault.replace(/ (for|at|within) .*/, '')
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const lines = [
    `${mode}, ACCEPT=${accept}, seed ${seed}, ${seconds} s: ${report.acknowledged} acknowledged, ${report.refused} rejected, ${report.unanswered} unanswered; ${report.faults.length} faults, ${report.restarts} restarts; ${report.duplicates} duplicates at the receivers; at most ${Math.round(report.rssMegabytesMost)} MB in one process`,
    ...(report.flushes ? [flushLine(report.flushes)] : []),
    ...report.leftOut.map((what) => `Not possible here: ${what}`),
    '',
    ...[...kinds].sort().map(([kind, times]) => `- ${kind}: ${times}`),
    '',
    '| | promise | violations |',
    '| --- | --- | --- |',
    ...report.verdicts.map(
      ({ id, promise, violations, measured }) =>
        `| ${id} | ${promise} | ${measured === undefined ? violations.length : `not promised; ${measured} seen`} |`,
    ),
  ]
  for (const { id, violations } of report.verdicts) {
    for (const violation of violations.slice(0, shownMax)) lines.push(`${id}: ${violation}`)
  }
  return lines.join('\n')
}

function flushLine({ held, lost, medianMs, oldestMs, each }: FlushLosses): string {
  const all = `The flushed queue contained ${held} acknowledged requests; ${lost} of them are lost`
  if (lost === 0) return all
  const byFlush = each.map((flush) => `${flush.lost} (${flush.oldestMs} ms)`).join(', ')
  return `${all}, half of them under ${Math.round(medianMs)} ms old, the oldest ${oldestMs} ms; flush by flush: ${byFlush}`
}
