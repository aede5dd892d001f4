import { caveatWords, jsonCaveats } from './json-caveats.js'
import { jsonLines } from './json-lines.js'

/** Lines per message. Small, so that receiving a message does not block the page for long. */
const chunkLines = 4000

self.onmessage = ({ data }: MessageEvent<string>) => {
  try {
    const lines = jsonLines(JSON.parse(data))
    for (let at = 0; at < lines.length; at += chunkLines)
      self.postMessage({ lines: lines.slice(at, at + chunkLines) })
    self.postMessage({ done: true, caveats: caveatWords(jsonCaveats(data)) })
  } catch {
    // Not JSON: the page shows it as text.
    self.postMessage({ done: true, failed: true })
  }
}
