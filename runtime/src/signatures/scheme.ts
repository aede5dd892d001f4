/** The parts of a request that a scheme reads. */
export interface SignedCall {
  /** Returns the value of a header that occurs exactly once; undefined when it is missing or repeated. */
  header: (lowerCaseName: string) => string | undefined
  method: string
  /** The URL as configured at the provider: PUBLIC_URL, slug, path and query. The Host header is ignored. */
  url: string
  body: Buffer
}

export type Content = (string | Buffer)[]

export interface Evidence {
  /** Decoded signatures; several while a sender rotates its secret. */
  signatures: Buffer[]
  /** The signed content, in parts. Several when a provider's senders use different spellings. */
  contents: Content[]
  /** Signing time, when the scheme has one; NaN when it is not a time. */
  timestampMs?: number
}

/** Evidence of a request whose key is in a certificate of the provider. The certificate must be fetched. */
export interface CertifiedEvidence {
  signatures: Buffer[]
  /** Signing time; NaN when it is not a time. */
  timestampMs: number
  /** URL of the certificate. `read` returns an error when it is not an address of the provider. */
  certificateUrl: string
  hash: 'sha1' | 'sha256'
  /** Returns the signed content for this secret, or an error message when the request belongs to another secret. */
  contentFor: (secret: string) => Content | string
  /** URL to fetch after the verification, which confirms the subscription at the provider. */
  confirmUrl?: string
}

/** Returns a function that checks signatures of a content. Shared computations run before the first check. */
export type Judge = (secret: string, content: Content) => (signature: Buffer) => boolean

export interface Scheme {
  /** The header that selects this scheme; must occur exactly once. A scheme without one always applies. */
  header?: string
  /** Instead of `header`: each of these headers selects this scheme. */
  alternatives?: string[]
  /** More headers that must occur exactly once. */
  alsoHeaders?: string[]
  /** Returns the evidence of a request, or an error message. */
  read: (call: SignedCall) => Evidence | CertifiedEvidence | string
  judge: Judge
  toleranceSeconds?: number
  /** The secret itself is sent. */
  plainSecret?: boolean
}
