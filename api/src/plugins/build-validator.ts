import AjvCompiler from '@fastify/ajv-compiler'

const common = { removeAdditional: false, allErrors: true, useDefaults: true } as const
const compile = AjvCompiler()

/**
 * Addresses are text, so their numbers are read from it; a JSON body says what it means. Were bodies coerced too, the
 * null that takes a script away would arrive as an empty one.
 */
export const buildValidator: typeof compile = (schemas) => {
  const ofAddresses = compile(schemas, { customOptions: { ...common, coerceTypes: 'array' } })
  const ofBodies = compile(schemas, { customOptions: { ...common, coerceTypes: false } })
  // The library calls it with the whole route definition, whatever its type says.
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? ofBodies : ofAddresses)(route)
}
