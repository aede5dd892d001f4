import { readFile } from 'node:fs/promises'

export interface ServerUser {
  name: string
  uid: number
  gid: number
}

/**
 * Returns the user that runs PostgreSQL, which refuses to run as root: `postgres` if it exists, else `nobody`. No
 * user is ever created. Returns undefined when this process is not root: PostgreSQL then runs as the same user.
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
    'PostgreSQL cannot run as root, and no user named postgres exists. Create that user, or set DATABASE_URL.',
  )
}
