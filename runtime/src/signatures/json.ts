import { jsonValues } from '../content/body-reader.js'
import type { Step } from '../content/json-paths.js'
import { limits } from '@whook/shared/limits'
import type { BodyValue } from '../content/json-values.js'

/** The reason why no field of a body is looked for, or null. */
export const sizeFault = ({ length }: Buffer): string | null =>
  length > limits.signedFieldsBytesMax
    ? `The body is larger than ${limits.signedFieldsBytesMax} bytes: its signature is not looked for`
    : null

/**
 * The values at some paths of a JSON body; none when it is not JSON. Only to find a time or a token: the signature decides
 * about the bytes. The body is scanned, not parsed, because anybody may send it.
 */
export const readFields = (body: Buffer, ...paths: Step[][]): BodyValue[][] =>
  jsonValues(body.toString('utf8'), paths)
