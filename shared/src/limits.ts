/** Numbers users can see, each with its unit in its name. */
export const limits = {
  bodyBytesDefault: 5 * 1024 * 1024,
  bodyBytesMax: 25 * 1024 * 1024,
  headersMax: 500,
  headerBytesMax: 16 * 1024,
  /** Bodies over this are written straight to the database and never ride in a queue. */
  queuedBodyBytesMax: 256 * 1024,
  batchRequestsMax: 100,
  batchBytesMax: 512 * 1024,
  /** Of one api process: bodies being received, calls waiting to be stored, answers that are not sent yet. */
  receivingBytesMax: 64 * 1024 * 1024,
  waitingBytesMax: 64 * 1024 * 1024,
  answeringBytesMax: 64 * 1024 * 1024,
  /** Of a compressed body, to be read by filters, scripts and people. */
  decodedBodyBytesMax: 5 * 1024 * 1024,
  /** Larger bodies are not searched for a time or a token of their signature: 5 MiB of small numbers take 0.3 s. */
  signedFieldsBytesMax: 2 * 1024 * 1024,
  /** A form with more is not read. */
  formFieldsMax: 10_000,
  displayBodyBytesMax: 1024 * 1024,
  responseBodyBytesMax: 64 * 1024,
  responseHeaderBytesMax: 16 * 1024,
  /** Values in a JSON body of the API: each field, member and element counts as one. */
  jsonValuesMax: 20_000,
  jsonDepthMax: 64,
  /** Sample bodies for scripts are data: as many values as fit into the body limit, but not too deep to serialize. */
  sampleJsonValuesMax: 256 * 1024,
  sampleJsonDepthMax: 1000,
  /** Faults that one problem lists. */
  problemErrorsMax: 20,
  /** Counted for each stored request beside its body: an estimate of its row, without large headers. */
  storedRequestBytes: 500,
  pageDefault: 50,
  pageMax: 200,
  /** Stored requests that one page of a search by text or status looks through. */
  searchRowsMax: 20_000,
  searchMsMax: 10_000,
  /** Calls of one user that wait for their turn in one api process, and how long each may wait. */
  waitingCallsMax: 200,
  waitingCallMsMax: 30_000,
  /** The same for searches and other calls that read many rows. */
  waitingSearchesMax: 100,
  waitingSearchMsMax: 30_000,
  nameCharsMax: 100,
  urlCharsMax: 2048,
  scriptCharsMax: 64 * 1024,
  /** Older ones are dropped. */
  scriptVersionsMax: 200,
  scriptMs: 250,
  scriptKillMs: 1000,
  scriptMemoryBytes: 32 * 1024 * 1024,
  scriptIoBytesMax: 1024 * 1024,
  /** Levels of nesting in a body that a script reads. */
  scriptJsonDepthMax: 500,
  consoleLinesMax: 100,
  consoleLineCharsMax: 1024,
  filterClausesMax: 50,
  filterDepthMax: 8,
  /** Members of one list that a filter looks at, and values of one path with [*]. */
  filterMembersMax: 10_000,
  /** Of stored bodies that one test of a filter reads. */
  /** Larger bodies are checked by the worker when it sends, not when the delivery is created. */
  filterCreateBytesMax: 64 * 1024,
  filterTestBytesMax: 32 * 1024 * 1024,
  /** Of one user at once, in the api; scripts count test runs and checks of what is saved. */
  filterTestsAtOnceMax: 2,
  scriptTestsAtOnceMax: 5,
  regexCharsMax: 512,
  regexInputCharsMax: 64 * 1024,
  destinationsPerWebhookMax: 50,
  webhooksPerUserMax: 1000,
  /** Headers of a configured answer: each hook call writes them. */
  answerHeadersMax: 50,
  answerHeaderBytesMax: 8 * 1024,
  destinationHeadersMax: 50,
  /** Most servers take 16 KiB of headers; the sender's and ours come on top. */
  destinationHeaderBytesMax: 8 * 1024,
  /** The newest of a destination, while rotations overlap: each one lengthens the signature header. */
  signingSecretsMax: 3,
  deliveryTimeoutMsDefault: 15_000,
  deliveryTimeoutMsMax: 60_000,
  attemptsMaxDefault: 10,
  attemptsMaxCeiling: 50,
  deliveryAgeSecondsMax: 30 * 24 * 3600,
  retryDelaySecondsMax: 24 * 3600,
  hopsMax: 5,
  /** Requests that one call may cause by being forwarded from webhook to webhook. */
  forwardsMax: 200,
  crashesMax: 3,
  /** Attempts after which a failing script ends a delivery: it fails the same way until its author mends it. */
  scriptAttemptsMax: 3,
  replayRequestsMax: 100_000,
  loginLinkSecondsMax: 600,
  apiKeysPerUserMax: 100,
  /** At the limit a new sign-in ends the session that was used least recently. */
  sessionsPerUserMax: 100,
  sessionIdleDays: 7,
  sessionAbsoluteDays: 30,
  socketsPerUserMax: 20,
  liveFrameMs: 10,
  liveBufferedBytesMax: 1024 * 1024,
  /** Of all sockets of one api process. */
  liveBufferedBytesInSumMax: 64 * 1024 * 1024,
} as const

/** Defaults of the quotas of one user. Each has a variable; see QUOTA_ in the configuration. */
export const quotaDefaults = {
  storedBytes: 100 * 2 ** 30,
  requestsPerDay: 50_000_000,
  /** Enough for a script of the largest size at each of 1,000 webhooks. */
  scriptVersionBytes: 64 * 2 ** 20,
  runningReplays: 5,
  runningSearches: 2,
} as const
