/** Round robin over users, and over the destination queues of each user. */
export function createTurns<Lane extends { userId: string }>() {
  const turns = new Map<string, Set<Lane>>()
  return {
    get size() {
      return turns.size
    },
    users: () => turns.entries(),
    add(lane: Lane) {
      const own = turns.get(lane.userId)
      if (own) own.add(lane)
      else turns.set(lane.userId, new Set([lane]))
    },
    remove(lane: Lane) {
      const own = turns.get(lane.userId)
      own?.delete(lane)
      if (own?.size === 0) turns.delete(lane.userId)
    },
    /** Moves the user to the end, and the destination queue to the end of the user's queues. */
    next(userId: string, lane?: Lane) {
      const own = turns.get(userId)
      if (!own) return
      if (lane && own.delete(lane)) own.add(lane)
      turns.delete(userId)
      turns.set(userId, own)
    },
  }
}
