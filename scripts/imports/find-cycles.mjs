/**
 * Returns one shortest cycle of each group of files that import each other, as the list of its files. The last file of a
 * cycle imports the first. The graph maps a file to its imports.
 */
export function findCycles(graph) {
  const cycles = []
  const seen = new Set()
  for (const file of graph.keys()) {
    if (seen.has(file)) continue
    const cycle = shortestCycle(graph, file)
    if (!cycle || cycle.some((one) => seen.has(one))) continue
    for (const one of cycle) seen.add(one)
    cycles.push(cycle)
  }
  return cycles
}

/** Breadth-first search from the imports of `start` back to it. */
function shortestCycle(graph, start) {
  const from = new Map([[start, undefined]])
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return path(from, file)
      if (from.has(next) || !graph.has(next)) continue
      from.set(next, file)
      queue.push(next)
    }
  }
  return undefined
}

function path(from, end) {
  const files = []
  for (let file = end; file !== undefined; file = from.get(file)) files.unshift(file)
  return files
}

/** Returns the files that `file` imports, directly or through others. */
export function reachableFrom(graph, file) {
  const reached = new Set()
  const queue = [file]
  for (const one of queue) {
    for (const next of graph.get(one) ?? []) {
      if (reached.has(next)) continue
      reached.add(next)
      queue.push(next)
    }
  }
  return reached
}
