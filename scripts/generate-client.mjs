import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './install.mjs'

/** `npm run generate:client`: writes the types of the REST API for the dashboard. */
export async function main() {
  writeFileSync(clientFile, await clientTypes())
}

export const clientFile = join(root, 'web/src/api/schema.d.ts')

/**
 * Returns the types of `api/openapi.json` that the dashboard uses as a TypeScript module: its REST calls and their
 * successful responses. Without comments: a new description does not change the types.
 */
export async function clientTypes() {
  const { default: openapiTS, astToString } = await import('openapi-typescript')
  const { format, resolveConfig } = await import('prettier')
  const document = usedPart(JSON.parse(readFileSync(join(root, 'api/openapi.json'), 'utf8')))
  // A property with a default value can be left out in a request body.
  const types = await openapiTS(document, { defaultNonNullable: false })
  const source = astToString(types, { formatOptions: { removeComments: true } })
  const head = '/* Generated from api/openapi.json by npm run generate:client. */\n'
  return format(head + source, { ...(await resolveConfig(clientFile)), parser: 'typescript' })
}

function usedPart(document) {
  const paths = Object.entries(document.paths).filter(([path]) => /^\/(api\/v1|auth)\//.test(path))
  for (const operation of paths.flatMap(([, operations]) => Object.values(operations)))
    operation.responses = Object.fromEntries(
      Object.entries(operation.responses).filter(([status]) => status.startsWith('2')),
    )
  return { ...document, paths: Object.fromEntries(paths) }
}
