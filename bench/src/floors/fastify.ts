import type { AddressInfo } from 'node:net'
import fastify from 'fastify'

/** F2: bare Fastify 202 with a raw-buffer parser. */
const app = fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
app.post('/*', async (_request, reply) => reply.code(202).send({ status: 'accepted' }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send!({ port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
