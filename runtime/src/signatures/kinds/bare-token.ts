import { secretItself } from '../judges.js'
import type { Scheme } from '../scheme.js'

/** The header is the secret itself: it identifies the sender, but does not protect the body. */
export function bareToken(header: string): Scheme {
  return {
    header,
    plainSecret: true,
    read: (call) => ({ signatures: [Buffer.from(call.header(header)!, 'latin1')], contents: [[]] }),
    judge: secretItself,
  }
}
