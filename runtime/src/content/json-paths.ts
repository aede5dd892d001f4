import { limits } from '@whook/shared/limits'

/** A tree of paths to find in a JSON text: one scan of the text serves them all. */
export interface PathNode {
  /** By member name; of an array, by index in decimal digits. */
  keys: Map<string, PathNode>
  /** Every member of an array. */
  any?: PathNode
  /** A path ends here: its values are collected. */
  wanted: boolean
  found: Span[]
  /** There were more than `filterMembersMax` values. */
  overflow: boolean
  /** Number of the object this member was last found in: twice in one object means that its name repeats. */
  seenIn: number
}

/** Where a value starts and ends in its text. */
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

/** Adds a path below `root` and returns its end, where a scan leaves what it found. */
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

/** All nodes of a tree. */
export const nodesOf = (node: PathNode): PathNode[] => [
  node,
  ...[...node.keys.values(), ...(node.any ? [node.any] : [])].flatMap(nodesOf),
]

/** Forgets the values below a node: its member came again, and the last of several counts, as in JSON.parse. */
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
