/** Limits that users can see. Each name ends with its unit. */
export const limits = {
  bodyBytesDefault: 5 * 1024 * 1024,
  bodyBytesMax: 25 * 1024 * 1024,
  headersMax: 500,
  headerBytesMax: 16 * 1024,
  /** Larger bodies are stored directly in the database, without the queue. */
  queuedBodyBytesMax: 256 * 1024,
  batchRequestsMax: 100,
  batchBytesMax: 512 * 1024,
  /** Limits of one api process: bodies being received, requests not stored yet, responses not sent yet. */
  receivingBytesMax: 64 * 1024 * 1024,
  waitingBytesMax: 64 * 1024 * 1024,
  answeringBytesMax: 64 * 1024 * 1024,
  /** Bytes of a decompressed body for filters, scripts and the dashboard. */
  decodedBodyBytesMax: 5 * 1024 * 1024,
  /** Signature checks search no time or token in larger bodies: 5 MiB of small numbers take 0.3 s. */
  signedFieldsBytesMax: 2 * 1024 * 1024,
  /** Forms with more fields are not parsed. */
  formFieldsMax: 10_000,
  displayBodyBytesMax: 1024 * 1024,
  responseBodyBytesMax: 64 * 1024,
  responseHeaderBytesMax: 16 * 1024,
  /** Values in a JSON body sent to the API: each field, member and element counts as one. */
  jsonValuesMax: 20_000,
  jsonDepthMax: 64,
  /** Sample bodies for scripts may fill the body limit with values, but must not be too deep to serialize. */
  sampleJsonValuesMax: 256 * 1024,
  sampleJsonDepthMax: 1000,
  /** Errors in the list of one problem. */
  problemErrorsMax: 20,
  /** Bytes counted for each stored request in addition to its body: an estimate of its row without large headers. */
  storedRequestBytes: 500,
  pageDefault: 50,
  pageMax: 200,
  /** Stored requests that one page of a search by text or status reads. */
  searchRowsMax: 20_000,
  searchMsMax: 10_000,
  /** Queued API calls of one user in one api process, and the longest wait of each. */
  waitingCallsMax: 200,
  waitingCallMsMax: 30_000,
  /** The same limits for searches and other calls that read many rows. */
  waitingSearchesMax: 100,
  waitingSearchMsMax: 30_000,
  nameCharsMax: 100,
  urlCharsMax: 2048,
  scriptCharsMax: 64 * 1024,
  /** Older script versions are deleted. */
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
  /** Members of one list that a filter reads, and values of one path with [*]. */
  filterMembersMax: 10_000,
  /** For larger bodies the worker runs the filter before the attempt, not at the creation of the delivery. */
  filterCreateBytesMax: 64 * 1024,
  /** Bytes of stored bodies that one test of a filter reads. */
  filterTestBytesMax: 32 * 1024 * 1024,
  /** Tests of one user at the same time in one api process. For scripts, checks on save count too. */
  filterTestsAtOnceMax: 2,
  scriptTestsAtOnceMax: 5,
  regexCharsMax: 512,
  regexInputCharsMax: 64 * 1024,
  destinationsPerWebhookMax: 50,
  webhooksPerUserMax: 1000,
  /** Headers of a configured response: they are written for each request. */
  answerHeadersMax: 50,
  answerHeaderBytesMax: 8 * 1024,
  destinationHeadersMax: 50,
  /** Most servers accept 16 KiB of headers. Headers of the sender and of Whook are added to these. */
  destinationHeaderBytesMax: 8 * 1024,
  /** Valid secrets of a destination while rotations overlap: each secret makes the signature header longer. */
  signingSecretsMax: 3,
  deliveryTimeoutMsDefault: 15_000,
  deliveryTimeoutMsMax: 60_000,
  attemptsMaxDefault: 10,
  attemptsMaxCeiling: 50,
  deliveryAgeSecondsMax: 30 * 24 * 3600,
  retryDelaySecondsMax: 24 * 3600,
  hopsMax: 5,
  /** Requests that one request may cause when webhooks forward to webhooks. */
  forwardsMax: 200,
  crashesMax: 3,
  /** A delivery is dead after this many script failures: the script fails in the same way until its author fixes it. */
  scriptAttemptsMax: 3,
  replayRequestsMax: 100_000,
  loginLinkSecondsMax: 600,
  apiKeysPerUserMax: 100,
  /** At the limit, a new sign-in ends the least recently used session. */
  sessionsPerUserMax: 100,
  sessionIdleDays: 7,
  sessionAbsoluteDays: 30,
  socketsPerUserMax: 20,
  liveFrameMs: 10,
  liveBufferedBytesMax: 1024 * 1024,
  /** Buffered bytes of all sockets of one api process. */
  liveBufferedBytesInSumMax: 64 * 1024 * 1024,
} as const

/** Default quotas of one user. Each quota has an environment variable; see QUOTA_ in the configuration. */
export const quotaDefaults = {
  storedBytes: 100 * 2 ** 30,
  requestsPerDay: 50_000_000,
  /** Enough for one script of the largest size for each of 1,000 webhooks. */
  scriptVersionBytes: 64 * 2 ** 20,
  runningReplays: 5,
  runningSearches: 2,
} as const
