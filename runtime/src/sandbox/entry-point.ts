import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sourceConditions, threadEntry } from '../thread-entry.js'

/** Node can run the entries in dist directly. The sources need tsx. */
const fromSource = import.meta.url.endsWith('.ts')

export function childEntry(): { file: string; execArgv: string[] } {
  if (!fromSource) return { file: pathOf('./child.js'), execArgv: [] }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return { file: pathOf('./child.ts'), execArgv: [...sourceConditions, '--import', tsx] }
}

export const threadUrl = () =>
  threadEntry(new URL(fromSource ? './thread.ts' : './thread.js', import.meta.url))

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
