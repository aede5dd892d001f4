import { createByteBudget, type ByteBudget, type ByteLease } from '@whook/runtime/byte-budget'
import { limits, liveCloseCodes, type LiveServerFrame } from '@whook/shared'

const gap = JSON.stringify({ gap: true } satisfies LiveServerFrame)
const beat = JSON.stringify({ messages: [] } satisfies LiveServerFrame)

/** What the hub needs of a socket; the real one is a `ws` WebSocket. */
export interface LiveSocket {
  readonly bufferedAmount: number
  send: (data: string) => void
  close: (code: number, reason: string) => void
}

interface Member {
  socket: LiveSocket
  /** What it was opened with: the hash of a session's id, or the id of an API key. */
  credential: string | undefined
  /** The socket was too slow: until its buffer is empty it gets nothing, and then a gap. */
  behind: boolean
  /** Bytes of its buffer that the budget counts: those of the last time it was looked at. */
  lease: ByteLease
  counted: number
}

interface HubOptions {
  /** Bytes buffered for all sockets; owned by users. Without it only the limit of each socket holds. */
  listening?: ByteBudget
  gatherMs?: number
  bufferedBytesMax?: number
  socketsPerUserMax?: number
}

/**
 * Who watches, by user. Messages of a few milliseconds leave in one frame, as the bus brought them: made text once, by whoever published them.
 * A socket that does not keep up is told that there is a gap instead of being queued for without end.
 */
export function createHub({
  listening = createByteBudget({ bytesMax: Infinity, shares: [] }),
  gatherMs = limits.liveFrameMs,
  bufferedBytesMax = limits.liveBufferedBytesMax,
  socketsPerUserMax = limits.socketsPerUserMax,
}: HubOptions = {}) {
  const rooms = new Map<string, Set<Member>>()
  let pending = new Map<string, string[]>()
  let timer: NodeJS.Timeout | undefined
  let flushedAt = -Infinity

  function flush() {
    timer = undefined
    flushedAt = performance.now()
    const frames = pending
    pending = new Map()
    for (const [userId, messages] of frames) {
      const room = rooms.get(userId)
      if (room) broadcast(room, `{"messages":[${messages.join(',')}]}`)
    }
  }

  function broadcast(room: Set<Member>, text: string) {
    for (const member of room) {
      if (member.behind && member.socket.bufferedAmount > 0) continue
      if (member.socket.bufferedAmount > bufferedBytesMax || !isCounted(member)) {
        member.behind = true
        continue
      }
      member.socket.send(member.behind ? gap : text)
      member.behind = false
    }
  }

  /** Counts what is buffered for a socket now; false when it does not fit into the budget. */
  function isCounted(member: Member): boolean {
    const { bufferedAmount } = member.socket
    if (bufferedAmount < member.counted) {
      member.lease.release()
      member.counted = 0
    }
    const more = bufferedAmount - member.counted
    if (more > 0 && !member.lease.add(more)) return false
    member.counted = bufferedAmount
    return true
  }

  return {
    /** Adds a socket; the user's oldest goes when there are too many. Answers how to take it out again. */
    join(userId: string, socket: LiveSocket, credential?: string): () => void {
      const room = rooms.get(userId) ?? new Set()
      rooms.set(userId, room)
      if (room.size >= socketsPerUserMax) {
        const oldest = room.values().next().value!
        room.delete(oldest)
        oldest.socket.close(liveCloseCodes.tooMany, 'too many connections')
      }
      const member: Member = {
        socket,
        credential,
        behind: false,
        lease: listening.open([userId]),
        counted: 0,
      }
      room.add(member)
      return () => {
        room.delete(member)
        member.lease.release()
        if (room.size === 0 && rooms.get(userId) === room) rooms.delete(userId)
      }
    },
    /** `messages` are JSON texts joined by commas, as the bus has them: nothing is read here, only passed on. */
    publish(userId: string, messages: string) {
      if (!rooms.has(userId)) return
      const waiting = pending.get(userId)
      if (waiting) waiting.push(messages)
      else pending.set(userId, [messages])
      // The first after a pause leaves at once.
      timer ??= setTimeout(flush, Math.max(0, flushedAt + gatherMs - performance.now()))
    },
    /** Says that the line is open, for no browser sees a ping; who fell behind hears of it even if nothing else happens. */
    beat() {
      for (const room of rooms.values()) broadcast(room, beat)
    },
    /** Messages between the processes may have been lost: everybody fetches again. */
    gap() {
      for (const room of rooms.values()) broadcast(room, gap)
    },
    /** Closes the sockets opened with one session or key, or all of a user's. */
    evict(userId: string, credential?: string) {
      for (const { socket, ...member } of rooms.get(userId) ?? []) {
        if (credential === undefined || member.credential === credential)
          socket.close(liveCloseCodes.signedOut, 'signed out')
      }
    },
    get size() {
      return [...rooms.values()].reduce((sum, room) => sum + room.size, 0)
    },
    close() {
      clearTimeout(timer)
      for (const room of rooms.values())
        for (const { socket } of room) socket.close(liveCloseCodes.restarting, 'restarting')
    },
  }
}

export type Hub = ReturnType<typeof createHub>
