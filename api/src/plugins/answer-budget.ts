import { ApiError } from '@whook/shared'
import type { ByteLease } from '@whook/runtime/byte-budget'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { callerOf } from '../token-buckets.js'

declare module 'fastify' {
  interface FastifyReply {
    /** Reserves bytes of a response before they are loaded. Throws ApiError `overloaded` if the budget is exceeded. */
    holdBytes: (bytes: number) => void
  }
}

/** Responses up to this size are counted but never refused, so that errors can always be sent. */
const smallBytes = 16 * 1024
/** Minimum rate at which a client reads a response; below it the connection is closed. The stall limit also applies. */
const bytesPerSecondMin = 32 * 1024
const graceMs = 30_000

/** Limits the bytes of unsent responses, per user, or per client address without a sign-in. */
export default fp(
  async (app) => {
    const held = new WeakMap<FastifyReply, { lease: ByteLease; bytes: number }>()

    function hold(reply: FastifyReply, bytes: number): boolean {
      const { request, raw } = reply
      let entry = held.get(reply)
      if (!entry) {
        const lease = app.budgets.answering.open([request.userId || callerOf(request.ip)])
        entry = { lease, bytes: 0 }
        held.set(reply, entry)
        raw.once('close', () => lease.release())
      }
      if (bytes <= entry.bytes) return true
      if (!entry.lease.add(bytes - entry.bytes)) return false
      entry.bytes = bytes
      return true
    }

    app.decorateReply('holdBytes', function (this: FastifyReply, bytes: number) {
      if (!hold(this, bytes)) throw new ApiError('overloaded', { retryAfterSeconds: 5 })
    })

    app.addHook('onSend', async (_request, reply, payload) => {
      if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return
      const bytes = Buffer.byteLength(payload)
      if (!hold(reply, bytes) && bytes > smallBytes)
        throw new ApiError('overloaded', { retryAfterSeconds: 5 })
      if (bytes > smallBytes) limitTime(reply, bytes)
    })

    function limitTime({ raw }: FastifyReply, bytes: number) {
      const ms = graceMs + (bytes / bytesPerSecondMin) * 1000
      const timer = setTimeout(() => {
        app.metrics.connectionFaults.inc({ reason: 'stalled' })
        raw.destroy()
      }, ms)
      timer.unref()
      raw.once('close', () => clearTimeout(timer))
    }
  },
  { name: 'answer-budget', dependencies: ['budgets', 'metrics'] },
)
