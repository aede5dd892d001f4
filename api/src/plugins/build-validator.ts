import AjvCompiler, { type Ajv } from '@fastify/ajv-compiler'

const common = { removeAdditional: false, allErrors: true, useDefaults: true } as const
const compile = AjvCompiler()

/**
 * Addresses are text, so their numbers are read from it; a JSON body says what it means. Were bodies coerced too, the
 * null that takes a script away would arrive as an empty one.
 */
export const buildValidator: typeof compile = (schemas) => {
  const ofAddresses = compile(schemas, {
    customOptions: { ...common, coerceTypes: 'array' },
    onCreate: narrow,
  })
  const ofBodies = compile(schemas, { customOptions: { ...common, coerceTypes: false }, onCreate: narrow })
  // The library calls it with the whole route definition, whatever its type says.
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? ofBodies : ofAddresses)(route)
}

/** The library's formats take what neither JavaScript nor PostgreSQL can read: URNs, leap seconds, the year 0. */
function narrow(ajv: Ajv) {
  const { validate } = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  ajv.addFormat('date-time', (text) => validate(text) && new Date(text).getUTCFullYear() > 0)
}
