import { limits } from '@whook/shared'
import { createByteBudget, type ByteBudget } from '@whook/runtime/byte-budget'
import fp from 'fastify-plugin'
import { Counter, Gauge } from 'prom-client'

declare module 'fastify' {
  interface FastifyInstance {
    budgets: Record<BudgetName, ByteBudget>
  }
}

export type BudgetName = 'receiving' | 'waiting' | 'answering' | 'listening'

/**
 * Share of a budget relative to its free bytes. A user may hold 4 times the free bytes (at most 80 %), a webhook or
 * client as many as are free (at most 50 %).
 */
const byUserAndWebhook = [4, 1]

/** The byte budgets of this process: each has a limit, metrics, and the error `overloaded`. */
export default fp(
  async (app) => {
    const registers = [app.metrics.registry]
    const refused = new Counter({
      name: 'whook_budget_refused_total',
      help: 'Refusals because a budget, or the share of a user or webhook, was exceeded',
      labelNames: ['budget'],
      registers,
    })
    const budget = (name: BudgetName, bytesMax: number, shares: readonly number[]) => {
      refused.inc({ budget: name }, 0)
      return createByteBudget({ bytesMax, shares, onRefused: () => refused.inc({ budget: name }) })
    }
    const { bodyLimitBytes } = app.config
    const budgets: Record<BudgetName, ByteBudget> = {
      // One webhook may hold half of the budget: at least two bodies of maximum size.
      receiving: budget(
        'receiving',
        Math.max(limits.receivingBytesMax, 4 * bodyLimitBytes),
        byUserAndWebhook,
      ),
      waiting: budget('waiting', Math.max(limits.waitingBytesMax, 4 * bodyLimitBytes), byUserAndWebhook),
      answering: budget('answering', Math.max(limits.answeringBytesMax, 4 * bodyLimitBytes), [1]),
      listening: budget('listening', limits.liveBufferedBytesInSumMax, [1]),
    }
    new Gauge({
      name: 'whook_budget_bytes',
      help: 'Bytes in memory: bodies being received, waiting batches, unsent responses, unsent live frames',
      labelNames: ['budget'],
      registers,
      collect() {
        for (const [name, { used }] of Object.entries(budgets)) this.set({ budget: name }, used)
      },
    })
    const max = new Gauge({
      name: 'whook_budget_bytes_max',
      help: 'Limit of each budget in bytes',
      labelNames: ['budget'],
      registers,
    })
    for (const [name, { bytesMax }] of Object.entries(budgets)) max.set({ budget: name }, bytesMax)
    app.decorate('budgets', budgets)
  },
  { name: 'budgets', dependencies: ['metrics'] },
)
