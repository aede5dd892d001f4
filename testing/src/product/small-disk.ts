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

  const usedKilobytes = async () => {
    const { stdout } = await run('df', ['--output=used', '-k', folder])
    return Number(stdout.split('\n')[1])
  }

  return {
    /** Leaves this many kilobytes; what is written after them fails. */
    fill: async (leftKilobytes: number) => {
      for (let tries = 1; ; tries++) {
        try {
          await resize((await usedKilobytes()) + leftKilobytes)
          return
        } catch (error) {
          // More was written since we looked than was to be left: no disk is smaller than what is on it.
          if (tries === 20) throw error
        }
      }
    },
    empty: () => resize(roomyMegabytes * 1024),
    unmount: () => run('umount', ['--lazy', folder]),
  }
}
