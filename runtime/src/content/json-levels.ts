import type { PathNode } from './json-paths.js'

/** All wanted paths through one place of a text, and their next steps. Next levels are created when a scan reaches them. */
export class Level {
  /** True when a value inside a container at this place is wanted. */
  readonly hasInside: boolean
  /** No array members are wanted from this index on. */
  readonly indexEnd: number
  readonly #names = new Map<string, Level | undefined>()
  /** Wanted lengths of names, so that most names are skipped without reading them. */
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

  /** Returns true when a name of this length can be wanted. */
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
