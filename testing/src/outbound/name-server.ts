import { createSocket } from 'node:dgram'
import { once } from 'node:events'

type DnsRecords = Record<string, string[] | 'silent' | 'failing'>

const types = { 1: 4, 28: 16 } as const

/**
 * Starts a DNS server on loopback over UDP (RFC 1035 section 4). It answers A and AAAA queries from `records`. It
 * does not answer for a `silent` name, and answers NXDOMAIN for an unknown name. A record also applies to all names
 * below it.
 */
export async function createNameServer(records: DnsRecords, ttlSeconds = 60) {
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, sender) => {
    const { name, type, end } = readQuestion(message)
    questions.push(`${type === 28 ? 'AAAA' : 'A'} ${name}`)
    const found = recordsOf(records, name)
    if (found === 'silent') return
    const wanted = types[type as 1 | 28]
    const addresses = (typeof found === 'object' ? found : [])
      .map(toBytes)
      .filter((bytes) => bytes.length === wanted)
    const rcode = found === undefined ? 3 : found === 'failing' ? 2 : 0
    const header = Buffer.from(message.subarray(0, 12))
    header.writeUInt16BE(0x8180 | rcode, 2)
    header.writeUInt16BE(addresses.length, 6)
    header.fill(0, 8, 12)
    const answers = addresses.map((bytes) => {
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(type, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt32BE(ttlSeconds, 6)
      record.writeUInt16BE(bytes.length, 10)
      return Buffer.concat([record, bytes])
    })
    socket.send(Buffer.concat([header, message.subarray(12, end), ...answers]), sender.port, sender.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    records,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function readQuestion(message: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

function recordsOf(records: DnsRecords, name: string): DnsRecords[string] | undefined {
  for (let rest = name; rest !== ''; rest = rest.split('.').slice(1).join('.'))
    if (records[rest]) return records[rest]
  return undefined
}

/** Accepts IPv6 addresses only in full form: eight groups. */
const toBytes = (address: string) =>
  address.includes(':')
    ? Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number))
