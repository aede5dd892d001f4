/**
 * Runs in the page before its own scripts, without a build step. Records when rows are painted, when the socket
 * closes, and the durations of frames and tasks. Times are milliseconds since 1970.
 */
{
  const now = () => performance.timeOrigin + performance.now()
  const treeSays = (text) =>
    document.querySelector('[aria-label="Body as a tree"]')?.textContent.includes(text)
  /** Resolves when the frame with the latest change is on the screen: the task after it runs then. */
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))

  const seen = { painted: {}, socketClosedAt: 0, bannerAt: 0, frames: [], longest: 0 }
  window.bench = {
    seen,
    forget() {
      seen.frames.length = 0
      seen.longest = 0
    },
    async loadRows(wanted) {
      const list = document.querySelector('[role=listbox]')
      while (Number(list.querySelector('[role=option]')?.getAttribute('aria-setsize')) < wanted) {
        list.scrollTop = list.scrollHeight
        await painted()
      }
      list.scrollTop = 0
      await painted()
    },
    async showWholeBody(text) {
      const buttons = [...document.querySelectorAll('button')]
      const from = performance.now()
      buttons.find(({ textContent }) => textContent.includes('Show the whole body')).click()
      while (!treeSays(text)) await new Promise(requestAnimationFrame)
      // The next frame starts when this one is on the screen. A task would wait for the lines not rendered yet.
      await new Promise(requestAnimationFrame)
      return performance.now() - from
    },
  }

  new MutationObserver(async () => {
    const fresh = [...document.querySelectorAll('[role=option][id^=row-]')].filter(
      ({ id }) => !(id in seen.painted),
    )
    for (const { id } of fresh) seen.painted[id] = 0
    const lost = document.querySelector('[role=alert]')?.textContent.includes('Not live')
    if (fresh.length === 0 && !lost) return
    await painted()
    for (const { id } of fresh) seen.painted[id] = now()
    if (lost) seen.bannerAt ||= now()
  }).observe(document, { childList: true, subtree: true })

  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration)
  }).observe({ type: 'longtask', buffered: true })

  let last = 0
  const frame = (at) => {
    if (last) seen.frames.push(at - last)
    last = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)

  const Socket = WebSocket
  window.WebSocket = class extends Socket {
    constructor(url) {
      super(url)
      this.addEventListener('close', () => (seen.socketClosedAt ||= now()))
    }
  }
}
