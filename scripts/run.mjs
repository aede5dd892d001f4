import { endWithNpm } from './end-with-npm.mjs'
import { checkNode, install, root } from './install.mjs'

/**
 * Entry point of `npm start`, `npm test` and the other tasks. A task that exports `prepare` installs the packages itself.
 * Only Node's own modules are available before the installation.
 */
checkNode()
endWithNpm()
const [, , task = 'start', ...args] = process.argv
const tasks = {
  start: './start.mjs',
  test: './test.mjs',
  build: './build.mjs',
  check: './check.mjs',
  bench: './bench.mjs',
  verify: './verify.mjs',
  kill: './kill.mjs',
  soak: './soak.mjs',
  backup: './backup.mjs',
  words: './words.mjs',
  seed: './seed.mjs',
  'test:quick': './test-quick.mjs',
  'check:commits': './commit-messages.mjs',
  'new:migration': './new-migration.mjs',
  'generate-client': './generate-client.mjs',
}
if (!tasks[task]) {
  console.error(`Unknown task "${task}". Tasks: ${Object.keys(tasks).join(', ')}`)
  process.exit(1)
}

process.chdir(root)
try {
  const { prepare = install, main } = await import(new URL(tasks[task], import.meta.url))
  await prepare()
  await main(args)
} catch (error) {
  console.error(process.env.DEBUG ? error : `\n${error.message}`)
  process.exit(1)
}
