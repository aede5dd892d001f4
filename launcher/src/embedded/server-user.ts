import { readFile } from 'node:fs/promises'

export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root. Root hands it to `postgres` where that user exists, else to `nobody`; no user is
 * ever created. Anybody else runs it themselves: undefined.
 */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const passwd = await readFile('/etc/passwd', 'utf8')
  const users = passwd.split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name)
    if (user) return { name, uid: Number(user[2]), gid: Number(user[3]) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: set DATABASE_URL',
  )
}
