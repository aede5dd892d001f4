/** One call as its sender made it, and as a provider's rules look at it. */
export interface SignedCall {
  /** The value of a header that came exactly once; undefined when it is missing or came twice. */
  header: (lowerCaseName: string) => string | undefined
  method: string
  /** As the provider knows it: PUBLIC_URL, slug, path and query. What the caller says of its host is not asked. */
  url: string
  body: Buffer
}

export type Content = (string | Buffer)[]

export interface Evidence {
  /** Decoded; several while a sender rotates its secret. */
  signatures: Buffer[]
  /** What was signed, in parts; more than one where a provider's senders spell the same thing differently. */
  contents: Content[]
  /** When it was signed, where the scheme says; NaN when what it says is no time. */
  timestampMs?: number
}

/** What a request brings whose key is in a certificate of its provider's, which has to be fetched. */
export interface CertifiedEvidence {
  signatures: Buffer[]
  /** When it was signed; NaN when what it says is no time. */
  timestampMs: number
  /** Where it stands: at the provider's own address, or `read` finds fault with it. */
  certificateUrl: string
  hash: 'sha1' | 'sha256'
  /** What was signed if this secret is meant; in words, that the request names another. */
  contentFor: (secret: string) => Content | string
  /** To be asked for once the signature holds: how the provider learns that its calls are wanted. */
  confirmUrl?: string
}

/** Tells good signatures of a content from others. What can be computed once is computed before the first is asked. */
export type Judge = (secret: string, content: Content) => (signature: Buffer) => boolean

export interface Scheme {
  /** Tells that this scheme is in use; must come exactly once. A scheme without one is always in use. */
  header?: string
  /** In place of `header`: any of them tells that this scheme is in use. */
  alternatives?: string[]
  /** Must come exactly once too. */
  alsoHeaders?: string[]
  /** What the request brings, or what is wrong with it in words. */
  read: (call: SignedCall) => Evidence | CertifiedEvidence | string
  judge: Judge
  toleranceSeconds?: number
  /** The secret itself is sent. */
  plainSecret?: boolean
}
