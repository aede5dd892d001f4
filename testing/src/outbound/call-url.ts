import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { createGuardedClient } from '@whook/runtime/outbound/guarded-client'

/** Runs as a process: sends a request to each URL on loopback and prints the outcomes as JSON. */
const addresses = createAddressPolicy({ mode: 'local', allowPrivateCidrs: [], denied: [] })
const lookup = async () => [{ address: '127.0.0.1', family: 4 as const }]
const client = createGuardedClient({ addresses, lookup })
const outcomes = []
for (const url of process.argv.slice(2)) {
  const call = { tenant: 'ann', method: 'POST', url, headers: [], body: Buffer.from('hi'), timeoutMs: 5000 }
  outcomes.push(await client.send(call))
}
process.stdout.write(JSON.stringify(outcomes))
await client.close()
