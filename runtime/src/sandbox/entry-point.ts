import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sourceConditions, threadEntry } from '../thread-entry.js'

/** From dist, Node runs the entries as they are; from source they need tsx. */
const fromSource = import.meta.url.endsWith('.ts')

export function childEntry(): { file: string; execArgv: string[] } {
  if (!fromSource) return { file: pathOf('./child.js'), execArgv: [] }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { file: pathOf('./child.ts'), execArgv: [...sourceConditions, '--import', tsx] }
}

export const threadUrl = () =>
  threadEntry(new URL(fromSource ? './thread.ts' : './thread.js', import.meta.url))

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
