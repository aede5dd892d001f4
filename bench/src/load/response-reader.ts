/** Parses pipelined HTTP/1.1 responses with a Content-Length. Returns the status of each complete response. */
export class ResponseReader {
  #rest = ''

  push(chunk: Buffer): number[] {
    const statuses: number[] = []
    this.#rest += chunk.toString('latin1')
    for (;;) {
      const headEnd = this.#rest.indexOf('\r\n\r\n')
      if (headEnd < 0) return statuses
      const head = this.#rest.slice(0, headEnd)
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const end = headEnd + 4 + length
      if (this.#rest.length < end) return statuses
      this.#rest = this.#rest.slice(end)
      statuses.push(Number(head.slice(9, 12)))
    }
  }
}
