import AjvCompiler, { type Ajv } from '@fastify/ajv-compiler'

const common = { removeAdditional: false, allErrors: true } as const
const compile = AjvCompiler()

/**
 * Addresses are text, so their numbers are read from it. A JSON body is taken as it is: coercion would make an empty
 * script of the null that removes one, and defaults would overwrite what a change leaves out.
 */
export const buildValidator: typeof compile = (schemas) => {
  const ofAddresses = compile(schemas, {
    customOptions: { ...common, coerceTypes: 'array', useDefaults: true },
    onCreate: narrow,
  })
  const ofBodies = compile(schemas, {
    customOptions: { ...common, coerceTypes: false, useDefaults: false },
    onCreate: narrow,
  })
  // The library calls it with the whole route definition, whatever its type says.
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? ofBodies : ofAddresses)(route)
}

/** The library's formats take what neither JavaScript nor PostgreSQL can read: URNs, leap seconds, the year 0. */
function narrow(ajv: Ajv) {
  const { validate } = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  ajv.addFormat('date-time', (text) => validate(text) && new Date(text).getUTCFullYear() > 0)
}
