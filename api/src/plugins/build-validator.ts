import AjvCompiler, { type Ajv } from '@fastify/ajv-compiler'

const common = { removeAdditional: false, allErrors: true } as const
const compile = AjvCompiler()

/**
 * Coerces and fills in defaults for parameters and queries, which are text. JSON bodies are validated unchanged:
 * coercion would turn null (remove the script) into an empty script, and defaults would overwrite omitted fields.
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
  // Fastify passes the whole route definition, although its type says otherwise.
  return (route) => ((route as { httpPart?: string }).httpPart === 'body' ? ofBodies : ofAddresses)(route)
}

/** The default formats accept URNs, leap seconds and the year 0. JavaScript and PostgreSQL cannot read these. */
function narrow(ajv: Ajv) {
  const { validate } = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  ajv.addFormat('date-time', (text) => validate(text) && new Date(text).getUTCFullYear() > 0)
}
