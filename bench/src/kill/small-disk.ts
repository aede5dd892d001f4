import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const roomyMegabytes = 4096

/** A disk of our own in memory that can be full at any moment, mounted on `folder`; undefined where we may not mount. */
export async function mountSmallDisk(folder: string) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${roomyMegabytes}m`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  )
  if (!mounted) return undefined
  const resize = (kilobytes: number) => run('mount', ['-o', `remount,size=${kilobytes}k`, folder])

  return {
    /** Leaves this many kilobytes; what is written after them fails. */
    fill: async (leftKilobytes: number) => {
      const { stdout } = await run('df', ['--output=used', '-k', folder])
      await resize(Number(stdout.split('\n')[1]) + leftKilobytes)
    },
    empty: () => resize(roomyMegabytes * 1024),
    unmount: () => run('umount', ['--lazy', folder]),
  }
}
