import { describe, expect, it } from 'vitest'
import { closingLine, fromPlaywright, fromVitest, sum } from './results.mjs'

const test = (status: string, fullName = status) => ({ status, fullName })
const file = (status: string, ...assertionResults: ReturnType<typeof test>[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults,
})

describe('test results', () => {
  it('sums the runners and shows skipped tests only when there are some', () => {
    const green = { passed: 2, failed: 0, skipped: [] }
    expect(closingLine(sum([green, green]))).toBe('4 passed, 0 failed')
    expect(closingLine(sum([green, { passed: 0, failed: 1, skipped: ['x'] }]))).toBe(
      '2 passed, 1 failed, 1 skipped',
    )
  })

  it('counts Vitest tests and names the skipped ones', () => {
    const report = {
      testResults: [file('failed', test('passed'), test('failed'), test('skipped', 'on redis'))],
    }
    expect(fromVitest(report, 1)).toEqual({ passed: 1, failed: 1, skipped: ['a.test.ts: on redis'] })
  })

  it.each([
    { problem: 'a file that fails to load', report: { testResults: [file('failed')] } },
    { problem: 'an error outside a test', report: { testResults: [file('passed')] } },
    { problem: 'a run without files', report: { testResults: [] } },
  ])('counts $problem as a failure', ({ report }) => {
    expect(fromVitest(report, 1).failed).toBe(1)
  })

  it('counts Playwright tests and errors and names the skipped tests', () => {
    const skipped = { title: 'opens', tests: [{ status: 'skipped' }] }
    const suites = [{ title: 'a.spec.ts', suites: [{ title: 'page', specs: [skipped] }] }]
    const stats = { expected: 3, flaky: 1, unexpected: 1, skipped: 1 }
    expect(fromPlaywright({ stats, suites, errors: [{}] }, 1)).toEqual({
      passed: 4,
      failed: 2,
      skipped: ['a.spec.ts > page > opens'],
    })
  })
})
