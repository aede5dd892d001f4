/** Node options of a process or thread that runs from source: its imports resolve to sources too. */
export const sourceConditions = import.meta.url.endsWith('.ts') ? ['--conditions=whook-source'] : []

/** The URL to start a module of ours as a thread. From source it needs tsx, which a thread does not inherit. */
export function threadEntry(module: URL): URL {
  if (!module.pathname.endsWith('.ts')) return module
  const code = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${module.href}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
