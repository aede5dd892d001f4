import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** From dist, Node runs the entries as they are; from source they need tsx, which a worker thread does not inherit. */
const fromSource = import.meta.url.endsWith('.ts')

export function childEntry(): { file: string; execArgv: string[] } {
  if (!fromSource) return { file: pathOf('./child.js'), execArgv: [] }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { file: pathOf('./child.ts'), execArgv: ['--import', tsx] }
}

export function threadEntry(): URL {
  if (!fromSource) return new URL('./thread.js', import.meta.url)
  const thread = new URL('./thread.ts', import.meta.url).href
  const code = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${thread}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
