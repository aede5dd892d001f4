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

/** A user may hold 4 times what is left free (80 % when alone), a webhook or a caller as much as is left free (50 %). */
const byUserAndWebhook = [4, 1]

/** The bytes that this process holds for others, by kind. Each sum has a limit, a metric and an error. */
export default fp(
  async (app) => {
    const registers = [app.metrics.registry]
    const refused = new Counter({
      name: 'whook_budget_refused_total',
      help: 'Times that bytes did not fit into a budget or into the share of one user or webhook',
      labelNames: ['budget'],
      registers,
    })
    const budget = (name: BudgetName, bytesMax: number, shares: readonly number[]) => {
      refused.inc({ budget: name }, 0)
      return createByteBudget({ bytesMax, shares, onRefused: () => refused.inc({ budget: name }) })
    }
    const { bodyLimitBytes } = app.config
    const budgets: Record<BudgetName, ByteBudget> = {
      // One webhook may hold half: two of the largest bodies at least.
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
      help: 'Bytes held now: bodies in receipt, batches waiting, answers being sent, live frames being sent',
      labelNames: ['budget'],
      registers,
      collect() {
        for (const [name, { used }] of Object.entries(budgets)) this.set({ budget: name }, used)
      },
    })
    const max = new Gauge({
      name: 'whook_budget_bytes_max',
      help: 'The limit of each budget in bytes',
      labelNames: ['budget'],
      registers,
    })
    for (const [name, { bytesMax }] of Object.entries(budgets)) max.set({ budget: name }, bytesMax)
    app.decorate('budgets', budgets)
  },
  { name: 'budgets', dependencies: ['metrics'] },
)
