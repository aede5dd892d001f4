export const connectionWords = {
  live: 'Live',
  connecting: 'Connecting',
  lost: 'Offline',
  crowded: 'Not live',
} as const
export const connectionTones = { live: 'ok', connecting: 'wait', lost: 'bad', crowded: 'bad' } as const
