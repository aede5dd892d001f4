import { ApiProblem, Unreachable } from '../../api/client.js'

export interface ProblemWords {
  title: string
  text: string
  /** Whether trying again may help. */
  again: boolean
}

/** Why something cannot be shown and what to do, by the problem. `what` names it: "this webhook", "the deliveries". */
export function problemWords(what: string, error: Error): ProblemWords {
  const What = what[0]!.toUpperCase() + what.slice(1)
  if (error instanceof Unreachable)
    return {
      title: 'Whook cannot be reached',
      text: `Is it running? ${What} will load once it answers again.`,
      again: true,
    }
  const status = error instanceof ApiProblem ? error.status : 0
  if (status === 404 || status === 410)
    return {
      title: `${What} cannot be found`,
      text: 'It was deleted, or the link to it is cut off or of another account.',
      again: false,
    }
  if (status === 403) return { title: `You may not see ${what}`, text: error.message, again: false }
  if (status === 401)
    return { title: 'Your session has ended', text: `Sign in again to see ${what}.`, again: true }
  return { title: `${What} could not be loaded`, text: error.message, again: true }
}
