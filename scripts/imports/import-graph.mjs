import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const packages = /^(shared|runtime|drizzle|launcher|testing|api|worker|web|bench|scripts)\/|^[^/]+$/

/**
 * Returns the imports of every source file, as paths below `root`: static, dynamic and type-only imports. Modules of
 * Node.js and of npm packages keep their names. With `types: false` it leaves out type-only imports.
 */
export function importGraph(root, { types = true } = {}) {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => packages.test(file) && /\.(ts|mjs|js|vue)$/.test(file) && existsSync(join(root, file)))
  const known = new Set(files)
  return new Map(
    files.map((file) => [
      file,
      [
        ...new Set(
          importsOf(file, readFileSync(join(root, file), 'utf8'), { types }).map((name) =>
            resolve(file, name, known),
          ),
        ),
      ],
    ]),
  )
}

const typeImport = /\b(?:import|export)\s+type\b[^'"]*from\s*['"][^'"]+['"]/g

export function importsOf(file, source, { types = true } = {}) {
  const script = file.endsWith('.vue')
    ? [...source.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text).join('\n')
    : source
  return ts
    .preProcessFile(types ? script : script.replace(typeImport, ''), true, true)
    .importedFiles.map(({ fileName }) => fileName)
}

function resolve(importer, name, known) {
  const path = name.startsWith('.')
    ? join(dirname(importer), name.replace(/\?.*$/, ''))
    : name.replace(/^@whook\/(\w+)$/, '$1/src/index').replace(/^@whook\/(\w+)\//, '$1/src/')
  return [path, path.replace(/\.js$/, '.ts'), `${path}.ts`].find((file) => known.has(file)) ?? name
}
