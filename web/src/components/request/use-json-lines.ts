import { onScopeDispose, shallowRef, watch } from 'vue'
import { caveatWords, jsonCaveats } from './json-caveats.js'
import { jsonLines, type JsonLine } from './json-lines.js'

export interface ParsedJson {
  lines: readonly JsonLine[]
  /** The worker has not sent all lines yet. */
  parsing: boolean
  /** Differences between the tree and the text, as a sentence. */
  caveats?: string
}

/** Longer texts are parsed in a worker, so that the page stays responsive. */
const inPlaceCharsMax = 200_000

/** Returns the tree lines of a JSON text; undefined when the text is not JSON. */
export function useJsonLines(text: () => string | null) {
  const parsed = shallowRef<ParsedJson>()
  let worker: Worker | undefined
  const stop = () => {
    worker?.terminate()
    worker = undefined
  }

  watch(
    // RFC 8259, 8.1: a byte order mark may be ignored.
    () => text()?.replace(/^\ufeff/, '') ?? null,
    (next) => {
      stop()
      parsed.value = undefined
      if (next === null || !/^\s*[[{"\d\-tfn]/.test(next)) return
      if (next.length <= inPlaceCharsMax) parsed.value = parseInPlace(next)
      else parseInWorker(next)
    },
    { immediate: true },
  )
  onScopeDispose(stop)

  function parseInWorker(next: string) {
    // Shows an empty tree while the worker parses: rendering megabytes as text would block the page.
    parsed.value = { lines: [], parsing: true }
    worker = new Worker(new URL('./parse-json.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({
      data,
    }: MessageEvent<{ lines?: JsonLine[]; failed?: boolean; caveats?: string }>) => {
      const before = parsed.value?.lines ?? []
      if (data.lines) parsed.value = { lines: before.concat(data.lines), parsing: true }
      else {
        parsed.value = data.failed ? undefined : { lines: before, parsing: false, caveats: data.caveats }
        stop()
      }
    }
    worker.postMessage(next)
  }
  return parsed
}

function parseInPlace(text: string): ParsedJson | undefined {
  try {
    return { lines: jsonLines(JSON.parse(text)), parsing: false, caveats: caveatWords(jsonCaveats(text)) }
  } catch {
    // Not JSON: shown as text.
    return undefined
  }
}
