/** Returns one value of a Prometheus text, by name, with its labels if any: `whook_ledger{line="pending"}`. */
export function readMetric(text: string, name: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
