import { setImmediate } from 'node:timers/promises'
import { Level } from './json-levels.js'
import { forget, keep, type PathNode } from './json-paths.js'
import { endOfContainer, endOfScalar, endOfString } from './json-tokens.js'

/** Characters scanned without a pause: about 5 ms on a slow core. */
const sliceChars = 128 * 1024

/**
 * Finds the values of all paths below `root` in one pass. Returns true when the text is JSON (RFC 8259; a byte order mark
 * is skipped). JSON.parse takes up to 1.4 s for 5 MiB of hostile text, because it builds all values. This scan is linear,
 * has no recursion, builds no values, and needs one byte per level of nesting.
 */
export function scanJson(text: string, root: PathNode): boolean {
  return advance(startScan(text, new Level([root]), true), text.length + 1) === true
}

/**
 * Like scanJson, for the beginning of a text. Values found before an error or before the end stay found. Containers
 * without wanted values are skipped.
 */
export function glanceAtJson(text: string, level: Level): void {
  advance(startScan(text, level, false), text.length + 1)
}

/** Like scanJson, with pauses in which the process serves other requests. */
export async function scanJsonInSlices(text: string, root: PathNode): Promise<boolean> {
  const scan = startScan(text, new Level([root]), true)
  for (let until = sliceChars; ; until += sliceChars) {
    const result = advance(scan, until)
    if (result !== undefined) return result
    await setImmediate()
  }
}

interface OpenValue {
  depth: number
  node: PathNode
  start: number
}

interface Scan {
  text: string
  /** True when every character is checked. */
  isStrict: boolean
  at: number
  state: number
  depth: number
  /** For each open container: 1 for an array, 0 for an object. */
  kinds: Uint8Array<ArrayBuffer>
  /** For the open containers on a wanted path, outermost first: the wanted paths in them ... */
  levels: Level[]
  /** ... and the index of the current member of an array, or the number of the object. */
  places: number[]
  objects: number
  /** Open containers that are wanted as a whole. */
  open: OpenValue[]
  /** The wanted paths of the next value. */
  next: Level | undefined
}

const [value, valueOrEnd, keyOrEnd, key, afterValue] = [0, 1, 2, 3, 4] as const
const [quote, comma, colon] = [0x22, 0x2c, 0x3a] as const
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d] as const

function startScan(text: string, next: Level, isStrict: boolean): Scan {
  return {
    text,
    isStrict,
    at: text.charCodeAt(0) === 0xfeff ? 1 : 0,
    state: value,
    depth: 0,
    kinds: new Uint8Array(32),
    levels: [],
    places: [],
    objects: 0,
    open: [],
    next,
  }
}

/** Scans to the first token at or after `until`, and returns undefined when text is left, else whether it is JSON. */
function advance(scan: Scan, until: number): boolean | undefined {
  const { text, isStrict, levels, places, open } = scan
  let { at, state, depth, kinds, next } = scan

  for (;;) {
    at = afterSpace(text, at)
    if (at >= text.length) return depth === 0 && state === afterValue
    if (at >= until) {
      Object.assign(scan, { at, state, depth, kinds, next })
      return undefined
    }
    const code = text.charCodeAt(at)
    const inArray = kinds[depth] === 1
    const mayEnd = state === afterValue ? depth > 0 : state === valueOrEnd || state === keyOrEnd
    if (mayEnd && code === (inArray ? closeArray : closeObject)) {
      at++
      if (levels.length === depth) {
        levels.pop()
        places.pop()
      }
      depth--
      while (open.length > 0 && open[open.length - 1]!.depth === depth) {
        const { node, start } = open.pop()!
        keep(node, start, at)
      }
      state = afterValue
    } else if (state === afterValue) {
      if (depth === 0 || code !== comma) return false
      at++
      state = inArray ? value : key
      if (inArray && levels.length === depth) {
        const index = ++places[depth - 1]!
        next = levels[depth - 1]!.member(index)
        if (!isStrict && depth === 1 && index >= levels[0]!.indexEnd) return true
      }
    } else if (state === key || state === keyOrEnd) {
      const end = code === quote ? endOfString(text, at) : -1
      if (end < 0) return false
      next = levels.length === depth ? memberNamed(levels[depth - 1]!, text, at, end) : undefined
      if (next) forgetRepeated(next, places[depth - 1]!)
      at = afterSpace(text, end)
      if (text.charCodeAt(at) !== colon) return false
      at++
      state = value
    } else if (code === openObject || code === openArray) {
      const isArray = code === openArray
      if (!isStrict && !next?.hasInside) {
        const end = endOfContainer(text, at)
        if (next) for (const node of next.nodes) if (node.wanted) keep(node, at, end)
        at = end
        state = afterValue
        if (depth === 0) return true
        continue
      }
      if (next) {
        for (const node of next.nodes) if (node.wanted) open.push({ depth, node, start: at })
        if (next.hasInside && levels.length === depth) {
          levels.push(next)
          places.push(isArray ? 0 : ++scan.objects)
        }
      }
      at++
      if (++depth === kinds.length) kinds = grown(kinds)
      kinds[depth] = isArray ? 1 : 0
      state = isArray ? valueOrEnd : keyOrEnd
      next = isArray && levels.length === depth ? levels[depth - 1]!.member(0) : undefined
    } else {
      const end = code === quote ? endOfString(text, at) : endOfScalar(text, at)
      if (end < 0) return false
      if (next) for (const node of next.nodes) if (node.wanted) keep(node, at, end)
      at = end
      state = afterValue
    }
  }
}

function afterSpace(text: string, start: number): number {
  let at = start
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** The last of several members with the same name counts. */
function forgetRepeated({ nodes }: Level, object: number) {
  for (const node of nodes) {
    if (node.seenIn === object) forget(node)
    else node.seenIn = object
  }
}

function memberNamed(level: Level, text: string, start: number, end: number): Level | undefined {
  const name = text.slice(start + 1, end - 1)
  if (name.includes('\\')) return level.named(JSON.parse(`"${name}"`) as string)
  return level.hasLength(end - start - 2) ? level.named(name) : undefined
}

function grown(kinds: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(kinds.length * 2)
  larger.set(kinds)
  return larger
}
