import { connect } from 'node:net'

/** Sends bytes unchanged. Returns all received bytes when the server closes, or after `quietMs` without data. */
export function rawHttp(port: number, bytes: string | Buffer, { quietMs = 300 } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    let timer: NodeJS.Timeout | undefined
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      clearTimeout(timer)
      timer = setTimeout(finish, quietMs)
    })
    socket.on('close', finish)
    socket.on('error', (error) => (answer ? finish() : reject(error)))
    timer = setTimeout(finish, quietMs * 10)
  })
}
