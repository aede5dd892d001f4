import type { Problem } from '@whook/shared'

/** An error response of the server (RFC 9457). Switch on `code`: it is stable, the message is not. */
export class ApiProblem extends Error {
  readonly code: string
  readonly status: number
  readonly errors: { path: string; message: string }[]

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? problem.title ?? 'Unexpected response from the server')
    this.code = problem.code ?? 'unknown'
    this.status = problem.status
    this.errors = problem.errors ?? []
  }
}

export class Unreachable extends Error {
  constructor() {
    super('Whook cannot be reached. Check that it is running.')
  }
}
