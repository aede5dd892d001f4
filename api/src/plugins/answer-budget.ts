import { ApiError } from '@whook/shared'
import type { ByteLease } from '@whook/runtime/byte-budget'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { callerOf } from '../token-buckets.js'

declare module 'fastify' {
  interface FastifyReply {
    /** Takes bytes of an answer from the budget before they are loaded; ApiError `overloaded` when they do not fit. */
    holdBytes: (bytes: number) => void
  }
}

/** Answers up to this are counted and never refused: an error must get through. */
const smallBytes = 16 * 1024
/** A peer that takes an answer more slowly is cut off; beside it the stall limit of the connection holds. */
const bytesPerSecondMin = 32 * 1024
const graceMs = 30_000

/** Bounds the bytes of answers that are not sent yet. Owner: the user, or the caller's address without a sign-in. */
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
