export const connectionWords = { live: 'Live', connecting: 'Connecting', lost: 'Offline' } as const
export const connectionTones = { live: 'ok', connecting: 'wait', lost: 'bad' } as const
