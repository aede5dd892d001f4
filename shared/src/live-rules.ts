/** Constants of the live socket, without schemas: the dashboard loads this file, and TypeBox would add 25 KB. */

/** Maximum milliseconds between two frames. A client that receives nothing for much longer has lost its connection. */
export const liveBeatMs = 5000

/** Why the server closes a socket. */
export const liveCloseCodes = { restarting: 1001, signedOut: 4001, tooMany: 4008 } as const
