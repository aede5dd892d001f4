import { ApiProblem, Unreachable } from '../../problems.js'

export interface ProblemWords {
  title: string
  text: string
  /** Whether a retry can help. */
  again: boolean
}

/** Returns why something cannot be loaded, with a hint for the user. `what` is its name, such as "the deliveries". */
export function problemWords(what: string, error: Error): ProblemWords {
  const What = what[0]!.toUpperCase() + what.slice(1)
  if (error instanceof Unreachable)
    return {
      title: 'Whook cannot be reached',
      text: `Check that Whook is running. ${What} will load when it is reachable again.`,
      again: true,
    }
  const status = error instanceof ApiProblem ? error.status : 0
  if (status === 404 || status === 410)
    return {
      title: `${What} cannot be found`,
      text: 'It was deleted, it belongs to another account, or the link is incomplete.',
      again: false,
    }
  if (status === 403) return { title: `You do not have access to ${what}`, text: error.message, again: false }
  if (status === 401)
    return { title: 'Your session has ended', text: `Sign in again to see ${what}.`, again: true }
  return { title: `${What} could not be loaded`, text: error.message, again: true }
}
