import { describe, expect, it } from 'vitest'
import { ApiProblem, Unreachable } from '../../problems.js'
import { problemWords } from './problem-words.js'

describe('problemWords', () => {
  it.each([
    [new Unreachable(), 'Whook cannot be reached', true],
    [new ApiProblem({ status: 404, title: 'No such webhook' }), 'This webhook cannot be found', false],
    [new ApiProblem({ status: 403, detail: 'Not allowed' }), 'You do not have access to this webhook', false],
    [new ApiProblem({ status: 401 }), 'Your session has ended', true],
    [new ApiProblem({ status: 500 }), 'This webhook could not be loaded', true],
    [new TypeError('odd'), 'This webhook could not be loaded', true],
  ])('returns title and retry flag of %s: "%s", %s', (error, title, again) => {
    expect(problemWords('this webhook', error)).toMatchObject({ title, again })
  })

  it('returns the detail of the server when the status is 403', () => {
    expect(problemWords('this webhook', new ApiProblem({ status: 403, detail: 'Only Ada can' })).text).toBe(
      'Only Ada can',
    )
  })
})
