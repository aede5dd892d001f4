/** One value of a Prometheus text: `whook_queue_depth`, or with its labels `whook_ledger{line="pending"}`. */
export function readMetric(text: string, name: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
