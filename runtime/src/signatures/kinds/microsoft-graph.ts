import { anyMember } from '../../content/json-paths.js'
import { JsonPart, type BodyValue } from '../../content/json-values.js'
import { limits } from '@whook/shared/limits'
import { readFields, sizeFault } from '../json.js'
import { secretItself } from '../judges.js'
import type { Scheme } from '../scheme.js'

/** Notifications are not signed. Each contains the clientState of its subscription. */
export function microsoftGraph(): Scheme {
  return {
    plainSecret: true,
    read: (call) => {
      const fault = sizeFault(call.body)
      if (fault) return fault
      const [[list], all, found] = readFields(
        call.body,
        ['value'],
        ['value', anyMember],
        ['value', anyMember, 'clientState'],
      ) as [BodyValue[], BodyValue[], BodyValue[]]
      if (!(list instanceof JsonPart && list.isArray)) return 'The body is not a list of notifications'
      if (all.length >= limits.filterMembersMax) return 'The body has too many notifications'
      const states = new Set(found.length === all.length ? found : [])
      const [state] = states
      if (states.size !== 1 || typeof state !== 'string')
        return 'The notifications do not have the same clientState'
      return { signatures: [Buffer.from(state)], contents: [[]] }
    },
    judge: secretItself,
  }
}
