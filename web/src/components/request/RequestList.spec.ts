import type { RequestSummary } from '@whook/shared'
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import NewRequests from './NewRequests.vue'
import RequestList from './RequestList.vue'
import RequestRow from './RequestRow.vue'

const row = (more: Partial<RequestSummary> = {}) =>
  ({
    id: 'r',
    method: 'POST',
    path: '/a',
    query: '',
    event: null,
    contentType: 'text/plain',
    size: 1,
    receivedAt: '2026-11-24T10:00:00Z',
    verification: 'unconfigured',
    deliveries: { total: 0 },
    ...more,
  }) as RequestSummary
const sets = { arrived: new Set<string>(), checked: new Set<string>() }
const global = { plugins: [createPinia()] }

describe('RequestList', () => {
  it('scrolls to the top when it follows new requests again', async () => {
    const rows = [row()]
    const list = mount(RequestList, { props: { rows, following: false, ...sets }, global })
    const scrollTo = vi.fn()
    Object.assign(list.find('[role=listbox]').element, { scrollTo })
    await list.setProps({ following: true })
    expect(scrollTo).toHaveBeenCalledWith({ top: 0 })
  })

  it('shows the number of new requests outside of the list', () => {
    const list = mount(RequestList, {
      props: { rows: [row()], following: false, ...sets },
      global,
    })
    expect(list.findAll('button')).toEqual([])
    const pill = mount(NewRequests, { props: { count: 1234 } })
    expect(pill.text()).toBe('1,234 new')
    expect(pill.classes()).not.toContain('absolute')
    expect(
      mount(NewRequests, { props: { count: 0 } })
        .find('button')
        .exists(),
    ).toBe(false)
  })

  it('shows invisible characters as escapes in event, path and content type', () => {
    const props = { selected: false, arrived: false, checked: false }
    const hidden = row({ event: 'pay\u202edia', path: '/\u200bx', contentType: 'a\u2066/b' })
    expect(mount(RequestRow, { props: { request: hidden, ...props }, global }).text()).toMatch(
      /pay\\u202edia.*\/\\u200bx/s,
    )
    const bare = { ...hidden, event: null }
    expect(mount(RequestRow, { props: { request: bare, ...props }, global }).text()).toMatch(
      /\/\\u200bx.*a\\u2066\/b/s,
    )
  })
})
