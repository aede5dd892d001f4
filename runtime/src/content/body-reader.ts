import { decodeContent, type Content, type DecodedContent } from './decode-content.js'
import { formFields, type FormFields } from './form-fields.js'
import { addPath, pathNode, type PathNode, type Step } from './json-paths.js'
import { valueAt, type BodyValue } from './json-values.js'
import { scanJson, scanJsonInSlices } from './scan-json.js'

/** Paths into a body. One scan finds the values of all paths. */
export interface PathSet {
  paths: (readonly Step[])[]
  /** Adds a path and returns the index of its values in a result. */
  add: (path: readonly Step[]) => number
}

export function createPathSet(): PathSet {
  const paths: (readonly Step[])[] = []
  return { paths, add: (path) => paths.push(path) - 1 }
}

export type BodyReader = ReturnType<typeof createBodyReader>

/** Longer texts are scanned in slices by `prepare`. */
const atOnceChars = 128 * 1024

/**
 * Reads values of a body by path: JSON with any content type, or the fields of a form. Decodes and scans lazily, and only
 * once for each set of paths. Other bodies have no values.
 */
export function createBodyReader(content: () => Content) {
  let decoded: DecodedContent | undefined
  const decode = () => (decoded ??= decodeContent(content()))
  const text = () => decode().text ?? decode().bytes.toString('utf8')
  let fields: { found: FormFields | undefined } | undefined
  const form = () => (fields ??= { found: formFields(content().contentType, decode().bytes, text) }).found
  const known = new Map<PathSet, BodyValue[][]>()

  /** curl sends JSON with the content type of a form by default. */
  const isJson = () => !isForm.test(content().contentType.trim()) || /^\s*[{[]/.test(text())

  return {
    decode,
    /** The body as text. Bytes that are not text become replacement characters. */
    text,
    /** The fields of a form; undefined for other bodies. */
    form: () => (isJson() ? undefined : form()),
    /** The values of each path of the set. */
    values(set: PathSet): BodyValue[][] {
      let values = known.get(set)
      if (!values) {
        values = isJson() ? jsonValues(text(), set.paths) : formValues(form(), set.paths)
        known.set(set, values)
      }
      return values
    },
    /** Scans long texts ahead of `values`, with pauses in which the process serves other requests. */
    async prepare(set: PathSet): Promise<void> {
      if (set.paths.length === 0 || known.has(set) || !isJson() || content().body.length === 0) return
      if (text().length <= atOnceChars) return
      const { root, ends } = treeOf(set.paths)
      const isValid = await scanJsonInSlices(text(), root)
      known.set(set, isValid ? collected(text(), ends) : set.paths.map(() => []))
    },
  }
}

const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i

export function jsonValues(text: string, paths: readonly (readonly Step[])[]): BodyValue[][] {
  const { root, ends } = treeOf(paths)
  return scanJson(text, root) ? collected(text, ends) : paths.map(() => [])
}

function treeOf(paths: readonly (readonly Step[])[]) {
  const root = pathNode()
  return { root, ends: paths.map((path) => addPath(root, path)) }
}

const collected = (text: string, ends: readonly PathNode[]) =>
  ends.map(({ found }) => found.map((span) => valueAt(text, span)))

/**
 * The values of a form are text. A path may continue into a value that is JSON: GitHub and Slack send their events in a
 * field `payload`.
 */
const formValues = (fields: FormFields | undefined, paths: readonly (readonly Step[])[]): BodyValue[][] =>
  paths.map(([name, ...inside]) => {
    const list = typeof name === 'string' ? fields?.get(name) : undefined
    if (!list) return []
    const [next, ...rest] = inside
    if (next === undefined) return [list.length === 1 ? list[0]! : list]
    if (list.length === 1) return jsonValues(list[0]!, [inside])[0]!
    const chosen = typeof next === 'string' ? list.filter((_, index) => String(index) === next) : list
    return chosen.flatMap((one) => (rest.length === 0 ? [one] : jsonValues(one, [rest])[0]!))
  })
