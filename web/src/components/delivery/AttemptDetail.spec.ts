import type { Attempt } from '@whook/shared'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import AttemptDetail from './AttemptDetail.vue'
import ResponseList from './ResponseList.vue'

const attempt = (more: Partial<Attempt>) =>
  ({
    outcome: 'http-error',
    statusCode: 500,
    error: null,
    requestUrl: 'https://shop.example/hooks',
    requestMethod: 'POST',
    requestHeaders: [['content-type', 'text/plain']],
    responseHeaders: [],
    responseBody: null,
    console: [],
    ...more,
  }) as unknown as Attempt
const show = (more: Partial<Attempt>) => mount(AttemptDetail, { props: { attempt: attempt(more) } })
const headings = (more: Partial<Attempt>) =>
  show(more)
    .findAll('h3')
    .map((heading) => heading.text())

describe('AttemptDetail', () => {
  it('shows request and response when the receiver answered', () => {
    expect(headings({})).toEqual(['Request as sent', 'Response'])
  })

  it('shows the error in place of the response when the receiver times out', () => {
    const shown = show({
      outcome: 'timeout',
      statusCode: null,
      error: 'The receiver sent no response in time',
    })
    expect(shown.text()).toContain('content-type: text/plain')
    expect(shown.text()).toContain('No response: The receiver sent no response in time')
  })

  it.each(['script', 'policy', 'dns', 'connect', 'tls'] as const)(
    'shows that nothing was sent when the outcome is %s',
    (outcome) => {
      const unsent = { outcome, statusCode: null, error: 'Why' }
      expect(headings(unsent)).toEqual([])
      expect(show(unsent).text()).toBe('Nothing was sent: Why')
    },
  )

  it('shows no request when a worker ended before recording the request', () => {
    const lost = { outcome: 'crashed', statusCode: null, error: 'A worker ended', requestMethod: '' } as const
    expect(headings(lost)).toEqual([])
    expect(show(lost).text()).toBe('No response: A worker ended')
  })

  it('shows the script console when the script failed', () => {
    const failed = { outcome: 'script', statusCode: null, error: 'x is not defined' } as const
    const lines = { console: [{ level: 'log' as const, text: 'a\u202eb' }] }
    expect(headings({ ...failed, ...lines })).toEqual(['Script console'])
    expect(show({ ...failed, ...lines }).text()).toContain(String.raw`log: a\u202eb`)
  })

  it('shows that nothing was sent in the list of responses', () => {
    const attempts = [attempt({ outcome: 'dns', statusCode: null, error: 'No such host' })]
    const deliveries = [{ id: 'd', destinationName: 'Shop', attempts }] as never
    expect(mount(ResponseList, { props: { deliveries } }).text()).toContain('Nothing was sent: No such host')
  })
})
