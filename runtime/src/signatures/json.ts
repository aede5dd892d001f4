import { jsonValues } from '../content/body-reader.js'
import type { Step } from '../content/json-paths.js'
import { limits } from '@whook/shared/limits'
import type { BodyValue } from '../content/json-values.js'

/** Returns an error when the body is too large to read its fields, or null. */
export const sizeFault = ({ length }: Buffer): string | null =>
  length > limits.signedFieldsBytesMax
    ? `The body is larger than ${limits.signedFieldsBytesMax} bytes, so its signature is not checked`
    : null

/**
 * Returns the values at paths of a JSON body; no values for other bodies. Only to find a time or a token: the signature
 * proves the bytes. The body is scanned, not parsed, because it is untrusted.
 */
export const readFields = (body: Buffer, ...paths: Step[][]): BodyValue[][] =>
  jsonValues(body.toString('utf8'), paths)
