import { readEnvFile } from './env-file.mjs'

export { prepare } from './as-built.mjs'

/**
 * `npm run seed`: fills the running installation with sample webhooks, destinations and requests. A second run adds only
 * the missing ones. `--keep` keeps the receiver of the sample destinations running until Ctrl-C.
 */
export async function main(args) {
  const unknown = args.find((arg) => arg !== '--keep')
  if (unknown) throw new Error(`Unknown option "${unknown}". Options: --keep`)
  readEnvFile()
  const [{ startReceiver }, { signIn }, { fill }] = await Promise.all([
    import('./seed/receiver.mjs'),
    import('./seed/sign-in.mjs'),
    import('./seed/fill.mjs'),
  ])
  const say = (line) => console.log(line)
  const session = await signIn(process.env)
  const receiver = await startReceiver()
  try {
    await fill({ call: session.call, receiver, say })
    if (args.includes('--keep')) await untilStopped(receiver, say)
    else say('The sample receiver has stopped. To keep it running: npm run seed -- --keep')
  } finally {
    await receiver.close()
    await session.end()
  }
}

function untilStopped({ url }, say) {
  say(`The sample receiver runs at ${url}. Ctrl-C stops it.`)
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve)
  })
}
