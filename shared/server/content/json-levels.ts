import type { PathNode } from './json-paths.js'

/** All paths that lead to one place of a text, and where they lead from there. Made once for a scan, on first use. */
export interface Level {
  nodes: readonly PathNode[]
  /** Something inside a container here is wanted. */
  hasInside: boolean
  named: (name: string) => Level | undefined
  member: (index: number) => Level | undefined
}

export const createLevels = (root: PathNode): Level => levelOf([root])!

function levelOf(nodes: readonly PathNode[]): Level | undefined {
  if (nodes.length === 0) return undefined
  const names = new Map<string, Level | undefined>()
  for (const { keys } of nodes) for (const name of keys.keys()) names.set(name, undefined)
  const indexes = new Set([...names.keys()].filter((name) => /^(?:0|[1-9]\d{0,8})$/.test(name)).map(Number))
  const anyNodes = nodes.flatMap(({ any }) => any ?? [])
  const members = new Map<number, Level | undefined>()
  const namedNodes = (name: string) => nodes.flatMap(({ keys }) => keys.get(name) ?? [])
  let rest: Level | undefined

  return {
    nodes,
    hasInside: names.size > 0 || anyNodes.length > 0,
    named(name) {
      if (!names.has(name)) return undefined
      let level = names.get(name)
      if (!level) names.set(name, (level = levelOf(namedNodes(name))))
      return level
    },
    member(index) {
      if (!indexes.has(index)) return (rest ??= levelOf(anyNodes))
      let level = members.get(index)
      if (!level) members.set(index, (level = levelOf([...namedNodes(String(index)), ...anyNodes])))
      return level
    },
  }
}
