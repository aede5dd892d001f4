import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { keptFile } from '../embedded/kept-file.js'

/**
 * Master key of an installation with the embedded database. Created once, stored in the data folder, readable by its
 * owner only.
 */
export const keptSecretKey = (dataDir: string): Promise<string> =>
  keptFile(join(dataDir, 'secret-key'), () => randomBytes(32).toString('base64'))
