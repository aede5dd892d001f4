import type { CapturedRequest } from '@whook/shared'

/** The exact bytes, whichever way they rode in the queue. */
export const bodyOf = ({ text, base64 }: Pick<CapturedRequest, 'text' | 'base64'>): Buffer =>
  text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8')
