/** Node options for running from source, so that imports of packages resolve to sources too. */
export const sourceConditions = import.meta.url.endsWith('.ts') ? ['--conditions=whook-source'] : []

/** Returns the URL to start a module as a thread. Sources need tsx, which a thread does not inherit. */
export function threadEntry(module: URL): URL {
  if (!module.pathname.endsWith('.ts')) return module
  const code = `import { register } from '${import.meta.resolve('tsx/esm/api')}'; register(); await import('${module.href}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
