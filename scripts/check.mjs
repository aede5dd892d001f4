import { main as checkCommits } from './commit-messages.mjs'
import { run } from './install.mjs'

const bin = (name) => `node_modules/.bin/${name}`

/** `npm run check`: every check that a change must pass (commit messages, format, lint, types, tests, docs). */
export async function main() {
  await checkCommits()
  await run(bin('prettier'), ['--check', '.'])
  await run(bin('eslint'), ['.'])
  await run(bin('tsc'), ['--noEmit', '-p', 'tsconfig.json'])
  await run(bin('vue-tsc'), ['--noEmit', '-p', 'web/tsconfig.json'])
  const { main: test } = await import('./test.mjs')
  await test([])
}
