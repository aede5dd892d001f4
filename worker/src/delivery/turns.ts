/** Users in turn, and each user's lanes in turn. */
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
    /** This user has had a turn, and so has this lane. */
    next(userId: string, lane?: Lane) {
      const own = turns.get(userId)
      if (!own) return
      if (lane && own.delete(lane)) own.add(lane)
      turns.delete(userId)
      turns.set(userId, own)
    },
  }
}
