/**
 * The test counts of a runner.
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Result
 */

/** @param {Result[]} results @returns {Result} */
export const sum = (results) => ({
  passed: results.reduce((total, { passed }) => total + passed, 0),
  failed: results.reduce((total, { failed }) => total + failed, 0),
  skipped: results.flatMap(({ skipped }) => skipped),
})

/** @param {Result} result */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`

/**
 * Reads Vitest's JSON report. A file that fails to load and an error outside a test have no failed test in the report.
 * Each counts as one failure, so the run does not pass.
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @param {number} exitCode
 * @param {(file: string) => string} relative
 * @returns {Result}
 */
export function fromVitest(report, exitCode, relative = (file) => file) {
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((test) => ({ ...test, file: relative(name) })),
  )
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  const passed = tests.filter(({ status }) => status === 'passed').length
  const failed = tests.filter(({ status }) => status === 'failed').length + broken.length
  const skipped = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ file, fullName }) => `${file}: ${fullName}`)
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped }
}

/**
 * Reads Playwright's JSON report. A test that passed only in a retry counts as passed; the report marks it as flaky.
 * @param {{ stats: Record<string, number>, suites: any[], errors?: unknown[] }} report
 * @param {number} exitCode
 * @returns {Result}
 */
export function fromPlaywright({ stats, suites, errors = [] }, exitCode) {
  const failed = stats.unexpected + errors.length
  return {
    passed: stats.expected + stats.flaky,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: suites.flatMap((suite) => skippedIn(suite, [])),
  }
}

function skippedIn(suite, above) {
  const path = [...above, suite.title]
  return [
    ...(suite.specs ?? [])
      .filter((spec) => spec.tests.some((test) => test.status === 'skipped'))
      .map((spec) => [...path, spec.title].join(' > ')),
    ...(suite.suites ?? []).flatMap((inner) => skippedIn(inner, path)),
  ]
}
