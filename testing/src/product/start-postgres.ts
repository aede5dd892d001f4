import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@whook/launcher/embedded/embedded-postgres'

/** Starts a separate PostgreSQL with an empty database. */
export async function startPostgres() {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook-postgres-'))
  // Open to the user of the server, which is not root.
  await chmod(dataDir, 0o711)
  const server = await startEmbeddedPostgres({ dataDir })
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
