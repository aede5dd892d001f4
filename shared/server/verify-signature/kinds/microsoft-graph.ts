import { fieldOf, readJson } from '../json.js'
import { secretItself } from '../judges.js'
import type { Scheme } from '../scheme.js'

/** Nothing is signed: every notification repeats the clientState its subscription was made with. */
export function microsoftGraph(): Scheme {
  return {
    plainSecret: true,
    read: (call) => {
      const notifications = fieldOf(readJson(call.body), 'value')
      if (!Array.isArray(notifications)) return 'The body is no list of notifications'
      const states = new Set(notifications.map((one) => fieldOf(one, 'clientState')))
      const [state] = states
      if (states.size !== 1 || typeof state !== 'string') return 'The notifications carry no one clientState'
      return { signatures: [Buffer.from(state)], contents: [[]] }
    },
    judge: secretItself,
  }
}
