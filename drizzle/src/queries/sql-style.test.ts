import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The product code of these packages, by path. */
function sourcesOf(...packages: string[]): [string, string][] {
  return packages.flatMap((name) =>
    readdirSync(`${root}${name}/src`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing\//.test(file))
      .map((file): [string, string] => [
        `${name}/src/${file}`,
        readFileSync(`${root}${name}/src/${file}`, 'utf8'),
      ]),
  )
}

const matching = (sources: [string, string][], pattern: RegExp) =>
  sources.filter(([, text]) => pattern.test(text)).map(([path]) => path)

const tagged = /\b(sql|tx)(<[^`]*>)?`/
const builder = /import \{(?! sql \})[^}]*\} from 'drizzle-orm'/

describe('SQL', () => {
  it('exists only in the package drizzle', () => {
    const others = sourcesOf('api', 'worker')
    expect(matching(others, tagged)).toEqual([])
    expect(matching(others, /from 'drizzle-orm/)).toEqual([])
  })

  it('is written with the builder or with tags in one file, never with both', () => {
    const sources = sourcesOf('drizzle').filter(([path]) => !path.startsWith('drizzle/src/schema/'))
    const withBuilder = sources.filter(([, text]) => builder.test(text))
    // scopedTo has the ownership condition in both styles.
    expect(matching(withBuilder, tagged)).toEqual(['drizzle/src/queries/scoped-to.ts'])
  })

  it('has the ownership condition only in scopedTo', () => {
    const sources = sourcesOf('drizzle', 'api', 'worker', 'launcher')
    expect(matching(sources, /\buser_id\s*=[^>]|\beq\(\s*\w+\.userId\b/).sort()).toEqual([
      'drizzle/src/queries/scoped-to.ts',
      // Joins the rows of a list of users.
      'drizzle/src/queries/user/read-usage.ts',
    ])
  })

  it('has no list of delivery states beside the transitions', () => {
    const sources = sourcesOf('drizzle', 'api', 'worker').filter(([path]) => !path.includes('/schema/'))
    expect(matching(sources, /status\s+(not\s+)?in\s*\(\s*'/)).toEqual([])
  })
})
