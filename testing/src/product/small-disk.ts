import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const roomyMegabytes = 4096

/**
 * Mounts a RAM disk on `folder` that the test can fill at any time. Resolves to undefined when mounting is not
 * permitted.
 */
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
    /** Leaves this many free kilobytes; later writes fail. */
    fill: async (leftKilobytes: number) => {
      for (let tries = 1; ; tries++) {
        try {
          await resize((await usedKilobytes()) + leftKilobytes)
          return
        } catch (error) {
          // More was written since `df` than should stay free: a disk cannot be smaller than its data.
          if (tries === 20) throw error
        }
      }
    },
    empty: () => resize(roomyMegabytes * 1024),
    unmount: () => run('umount', ['--lazy', folder]),
  }
}
