export interface RawCall {
  method: string
  /** Path after the slug, as sent. */
  path: string
  /** As sent, without the question mark. */
  query: string
  httpVersion: string
  rawHeaders: readonly string[]
  remoteAddress: string
  body: Buffer
}
