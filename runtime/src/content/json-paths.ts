import { limits } from '@whook/shared/limits'

/** A tree of paths to find in a JSON text with one scan. */
export interface PathNode {
  /** Next nodes by member name, or by index of an array in decimal digits. */
  keys: Map<string, PathNode>
  /** Next node for every member of an array. */
  any?: PathNode
  /** True when a path ends here: its values are collected. */
  wanted: boolean
  found: Span[]
  /** True when there were more than `filterMembersMax` values. */
  overflow: boolean
  /** Number of the object with the last occurrence of this member. A second one in the same object is a repeated name. */
  seenIn: number
}

/** Start and end of a value in its text. */
export interface Span {
  start: number
  end: number
}

/** One step of a path: a member's name, or every member of an array. */
export type Step = string | typeof anyMember
export const anyMember = Symbol('any member')

export const pathNode = (): PathNode => ({
  keys: new Map(),
  wanted: false,
  found: [],
  overflow: false,
  seenIn: 0,
})

/** Adds a path below `root` and returns its last node. A scan stores the found values there. */
export function addPath(root: PathNode, path: readonly Step[]): PathNode {
  let node = root
  for (const step of path) {
    if (step === anyMember) node = node.any ??= pathNode()
    else {
      const next = node.keys.get(step) ?? pathNode()
      node.keys.set(step, next)
      node = next
    }
  }
  node.wanted = true
  return node
}

/** Returns all nodes of a tree. */
export const nodesOf = (node: PathNode): PathNode[] => [
  node,
  ...[...node.keys.values(), ...(node.any ? [node.any] : [])].flatMap(nodesOf),
]

/** Removes the values below a node after a repeated name: the last of several members counts, as in JSON.parse. */
export function forget(node: PathNode) {
  if (node.found.length > 0) node.found = []
  node.overflow = false
  for (const next of node.keys.values()) forget(next)
  if (node.any) forget(node.any)
}

export function keep(node: PathNode, start: number, end: number) {
  if (node.found.length < limits.filterMembersMax) node.found.push({ start, end })
  else node.overflow = true
}
