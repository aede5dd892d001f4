import type { PathNode } from './json-paths.js'

/** All paths that lead to one place of a text, and where they lead from there. What a scan does not reach is not made. */
export class Level {
  /** Something inside a container here is wanted. */
  readonly hasInside: boolean
  /** Of an array, nothing is wanted from this index on. */
  readonly indexEnd: number
  readonly #names = new Map<string, Level | undefined>()
  /** By length of a name, so that most names are passed over without being read. */
  readonly #lengths = new Uint8Array(64)
  readonly #members = new Map<number, Level | undefined>()
  readonly #anyNodes: readonly PathNode[]
  #rest: Level | undefined

  constructor(readonly nodes: readonly PathNode[]) {
    this.#anyNodes = nodes.flatMap(({ any }) => any ?? [])
    let indexEnd = 0
    for (const { keys } of nodes) {
      for (const name of keys.keys()) {
        this.#names.set(name, undefined)
        this.#lengths[Math.min(name.length, 63)] = 1
        if (!/^(?:0|[1-9]\d{0,8})$/.test(name)) continue
        this.#members.set(Number(name), undefined)
        indexEnd = Math.max(indexEnd, Number(name) + 1)
      }
    }
    this.hasInside = this.#names.size > 0 || this.#anyNodes.length > 0
    this.indexEnd = this.#anyNodes.length > 0 ? Infinity : indexEnd
  }

  /** Whether a name that is written with so many characters can be wanted. */
  hasLength(chars: number): boolean {
    return this.#lengths[chars < 63 ? chars : 63] === 1
  }

  named(name: string): Level | undefined {
    const level = this.#names.get(name)
    if (level || !this.#names.has(name)) return level
    const made = levelOf(this.#nodesAt(name))
    this.#names.set(name, made)
    return made
  }

  member(index: number): Level | undefined {
    if (index >= this.indexEnd) return undefined
    const level = this.#members.get(index)
    if (level) return level
    if (!this.#members.has(index)) return (this.#rest ??= levelOf(this.#anyNodes))
    const made = levelOf([...this.#nodesAt(String(index)), ...this.#anyNodes])
    this.#members.set(index, made)
    return made
  }

  #nodesAt(name: string): PathNode[] {
    return this.nodes.flatMap(({ keys }) => keys.get(name) ?? [])
  }
}

const levelOf = (nodes: readonly PathNode[]) => (nodes.length > 0 ? new Level(nodes) : undefined)
