const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const epoch2000Ms = 946_684_800_000
/** Maximum bytes of a value: its length field (4) and a value of fixed size (at most 16). */
const fixedBytes = 20
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const bytesPerUnit = 3

type ColumnType = 'uuid' | 'text' | 'bytea' | 'int4' | 'timestamptz' | 'bool'
type CellValue = string | Buffer | number | boolean | null

/**
 * Encodes rows for `COPY ... FROM STDIN (FORMAT binary)`; see the PostgreSQL manual, "COPY", Binary Format. Writes
 * into one buffer, because a Buffer per value costs more than copying its bytes.
 */
export function encodeRows(columns: readonly ColumnType[], rows: readonly (readonly CellValue[])[]): Buffer {
  const out = Buffer.allocUnsafe(header.length + roomFor(rows) + 2)
  let at = header.copy(out)
  for (const row of rows) {
    at = out.writeInt16BE(columns.length, at)
    for (let index = 0; index < columns.length; index++) {
      const value = row[index] ?? null
      const end = value === null ? at + 4 : write(out, at + 4, columns[index]!, value)
      out.writeInt32BE(value === null ? -1 : end - at - 4, at)
      at = end
    }
  }
  at = out.writeInt16BE(-1, at)
  return out.subarray(0, at)
}

function roomFor(rows: readonly (readonly CellValue[])[]): number {
  let bytes = 0
  for (const row of rows) {
    bytes += 2
    for (const value of row) {
      bytes += fixedBytes
      if (typeof value === 'string') bytes += value.length * bytesPerUnit
      else if (Buffer.isBuffer(value)) bytes += value.length
    }
  }
  return bytes
}

/** Writes a value at `at`. Returns the offset of its end. */
function write(out: Buffer, at: number, column: ColumnType, value: NonNullable<CellValue>): number {
  switch (column) {
    case 'uuid':
      return at + out.write((value as string).replaceAll('-', ''), at, 'hex')
    case 'text':
      return at + out.write(value as string, at, 'utf8')
    case 'bytea':
      return at + (value as Buffer).copy(out, at)
    case 'int4':
      return out.writeInt32BE(value as number, at)
    case 'bool':
      return out.writeUInt8(value ? 1 : 0, at)
    case 'timestamptz':
      return out.writeBigInt64BE(BigInt(Math.round(value as number) - epoch2000Ms) * 1000n, at)
  }
}
