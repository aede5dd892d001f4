import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reachableFrom } from '../imports/find-cycles.mjs'
import { importGraph } from '../imports/import-graph.mjs'

/** Files that start a database, a process or the whole product. */
const starters =
  /^(testing\/src\/(product\/|test-database|launched|ensure-built|identity-provider)|runtime\/src\/sandbox\/sandbox-process)/
/** A test file that starts a process itself, or needs a server that `npm test` starts. */
const startsItself = /'node:(child_process|worker_threads)'|REDIS_URL|\binject\(/

/** Returns the tests of the servers that start no process: see CONTRIBUTING.md, "Tests". */
export function quickTests(root) {
  const graph = importGraph(root, { types: false })
  return [...graph.keys()]
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => ![...reachableFrom(graph, file)].some((one) => starters.test(one)))
    .filter((file) => !startsItself.test(readFileSync(join(root, file), 'utf8')))
}
