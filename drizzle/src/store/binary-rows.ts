const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])
const epoch2000Ms = 946_684_800_000

type Column = 'uuid' | 'text' | 'bytea' | 'int4' | 'timestamptz'
type Value = string | Buffer | number | null

/** Encodes rows for `COPY ... FROM STDIN (FORMAT binary)`; see the PostgreSQL manual, "COPY", Binary Format. */
export function encodeRows(columns: readonly Column[], rows: Iterable<readonly Value[]>): Buffer {
  const parts: Buffer[] = [header]
  for (const row of rows) {
    const count = Buffer.allocUnsafe(2)
    count.writeInt16BE(columns.length)
    parts.push(count)
    columns.forEach((column, index) => {
      const value = row[index] ?? null
      const bytes = value === null ? null : encode(column, value)
      const length = Buffer.allocUnsafe(4)
      length.writeInt32BE(bytes ? bytes.length : -1)
      parts.push(length)
      if (bytes) parts.push(bytes)
    })
  }
  parts.push(trailer)
  return Buffer.concat(parts)
}

function encode(column: Column, value: string | Buffer | number): Buffer {
  switch (column) {
    case 'uuid':
      return Buffer.from((value as string).replaceAll('-', ''), 'hex')
    case 'text':
      return Buffer.from(value as string, 'utf8')
    case 'bytea':
      return value as Buffer
    case 'int4': {
      const bytes = Buffer.allocUnsafe(4)
      bytes.writeInt32BE(value as number)
      return bytes
    }
    case 'timestamptz': {
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeBigInt64BE(BigInt(Math.round(value as number) - epoch2000Ms) * 1000n)
      return bytes
    }
  }
}
