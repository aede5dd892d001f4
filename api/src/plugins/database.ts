import { connect, type Db, type Sql } from '@whook/drizzle'
import { keepClock } from '@whook/drizzle/keep-clock'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    db: Db
    sql: Sql
  }
}

interface DatabaseOptions {
  databaseUrl: string
  poolSize: number
}

/** One connection pool per process, closed with the app. Also keeps the process clock in step with the database. */
export default fp<DatabaseOptions>(
  async (app, { databaseUrl, poolSize }) => {
    const client = connect(databaseUrl, { poolSize, name: 'whook api' })
    app.decorate('db', client.db).decorate('sql', client.sql)
    const keeping = await keepClock(client.sql)
    app.addHook('onClose', async () => {
      await keeping.stop()
      await client.close()
    })
  },
  { name: 'database' },
)
