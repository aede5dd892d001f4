/** Round robin over users, and over the destination queues of each user. */
export function createRoundRobin<Queue extends { userId: string }>() {
  const queuesByUser = new Map<string, Set<Queue>>()
  return {
    /** Returns the number of users. */
    get size() {
      return queuesByUser.size
    },
    users: () => queuesByUser.entries(),
    add(queue: Queue) {
      const own = queuesByUser.get(queue.userId)
      if (own) own.add(queue)
      else queuesByUser.set(queue.userId, new Set([queue]))
    },
    remove(queue: Queue) {
      const own = queuesByUser.get(queue.userId)
      own?.delete(queue)
      if (own?.size === 0) queuesByUser.delete(queue.userId)
    },
    /** Moves the user to the end, and the destination queue to the end of the user's queues. */
    moveToEnd(userId: string, queue?: Queue) {
      const own = queuesByUser.get(userId)
      if (!own) return
      if (queue && own.delete(queue)) own.add(queue)
      queuesByUser.delete(userId)
      queuesByUser.set(userId, own)
    },
  }
}
