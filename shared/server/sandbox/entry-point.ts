import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Where an entry of the sandbox is, and what Node needs to run it: from source through tsx, from dist as it is. */
export function entryPoint(name: 'child' | 'thread'): { url: URL; execArgv: string[] } {
  if (import.meta.url.endsWith('.js')) return { url: new URL(`./${name}.js`, import.meta.url), execArgv: [] }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { url: new URL(`./${name}.ts`, import.meta.url), execArgv: ['--conditions=source', '--import', tsx] }
}
