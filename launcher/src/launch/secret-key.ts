import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { keptFile } from '../embedded/kept-file.js'

/** The embedded size makes its key once and keeps it beside its data, readable by the owner only. */
export const keptSecretKey = (dataDir: string): Promise<string> =>
  keptFile(join(dataDir, 'secret-key'), () => randomBytes(32).toString('base64'))
