import { describe, expect, it } from 'vitest'
import { ApiProblem, Unreachable } from '../../api/client.js'
import { problemWords } from './problem-words.js'

describe('what a page says when it has nothing to show', () => {
  it.each([
    [new Unreachable(), 'Whook cannot be reached', true],
    [new ApiProblem({ status: 404, title: 'No such webhook' }), 'This webhook cannot be found', false],
    [new ApiProblem({ status: 403, detail: 'Not allowed' }), 'You may not see this webhook', false],
    [new ApiProblem({ status: 401 }), 'Your session has ended', true],
    [new ApiProblem({ status: 500 }), 'This webhook could not be loaded', true],
    [new TypeError('odd'), 'This webhook could not be loaded', true],
  ])('%s: "%s", and offers another try only where one may help: %s', (error, title, again) => {
    expect(problemWords('this webhook', error)).toMatchObject({ title, again })
  })

  it('repeats what the server said of a refusal', () => {
    expect(problemWords('this webhook', new ApiProblem({ status: 403, detail: 'Ask Ada' })).text).toBe(
      'Ask Ada',
    )
  })
})
