import type { CapturedRequest } from '@whook/shared'

/** Returns the exact bytes of the body. The queue has them as text or as base64. */
export const bodyOf = ({ text, base64 }: Pick<CapturedRequest, 'text' | 'base64'>): Buffer =>
  text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8')
