import type { Sql } from '../../client.js'

/** Yields all slugs in chunks of 5,000, so that a long list does not delay other work. */
export async function* listSlugs(sql: Sql): AsyncGenerator<string[]> {
  for await (const rows of sql<{ slug: string }[]>`select slug from webhook`.cursor(5000)) {
    yield rows.map(({ slug }) => slug)
  }
}
