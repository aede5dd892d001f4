import { createByteBudget, type ByteBudget, type ByteLease } from '@whook/runtime/byte-budget'
import { limits, liveCloseCodes, type LiveServerFrame } from '@whook/shared'

const gap = JSON.stringify({ gap: true } satisfies LiveServerFrame)
const beat = JSON.stringify({ messages: [] } satisfies LiveServerFrame)

/** The parts of a socket that the hub uses; in production it is a `ws` WebSocket. */
export interface LiveSocket {
  readonly bufferedAmount: number
  send: (data: string) => void
  close: (code: number, reason: string) => void
}

interface Member {
  socket: LiveSocket
  /** Credential that opened the socket: the hash of a session id, or the id of an API key. */
  credential: string | undefined
  /** True while the socket is too slow: it receives nothing until its buffer is empty, and then a gap. */
  behind: boolean
  /** Lease of the buffered bytes, as of the last count. */
  lease: ByteLease
  counted: number
}

interface HubOptions {
  /** Budget for the bytes buffered for all sockets; owned by users. Without it only the limit per socket applies. */
  listening?: ByteBudget
  gatherMs?: number
  bufferedBytesMax?: number
  socketsPerUserMax?: number
}

/**
 * Sends live messages to the open sockets, which are grouped in one room per user. The messages of a few milliseconds
 * are sent in one frame. Only their publisher serializes them. A socket that is too slow receives a gap instead of an
 * unbounded queue.
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

  /** Counts the bytes buffered for a socket. Returns false when they do not fit into the budget. */
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
    /** Adds a socket, and closes the user's oldest when there are too many. Returns a function that removes it. */
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
    /** `messages` are JSON texts joined by commas, as on the live bus. They are not parsed here. */
    publish(userId: string, messages: string) {
      if (!rooms.has(userId)) return
      const waiting = pending.get(userId)
      if (waiting) waiting.push(messages)
      else pending.set(userId, [messages])
      // The first message after a pause is sent immediately.
      timer ??= setTimeout(flush, Math.max(0, flushedAt + gatherMs - performance.now()))
    },
    /**
     * Sends an empty frame: pages cannot see pings, so this shows that the connection is open. A socket that fell
     * behind receives its gap even without new messages.
     */
    beat() {
      for (const room of rooms.values()) broadcast(room, beat)
    },
    /** Sends a gap to all sockets, because live messages may be lost between the processes: clients fetch again. */
    gap() {
      for (const room of rooms.values()) broadcast(room, gap)
    },
    /** Closes the sockets that one session or API key opened, or all sockets of the user. */
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
