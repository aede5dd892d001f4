import { readFields, sizeFault } from '../json.js'
import type { Evidence, Scheme } from '../scheme.js'
import { ofBody } from './of-body.js'

/** The timestamp is a signed field of the body. The header with the same value is not signed, so it is ignored. */
export function linear(): Scheme {
  const bare = ofBody('linear-signature')
  return {
    ...bare,
    toleranceSeconds: 60,
    read: (call) => {
      const fault = sizeFault(call.body)
      if (fault) return fault
      const [time] = readFields(call.body, ['webhookTimestamp'])[0]!
      const timestampMs = time === undefined ? undefined : typeof time === 'number' ? time : NaN
      return { ...(bare.read(call) as Evidence), timestampMs }
    },
  }
}
