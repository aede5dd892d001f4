import { createSecretBox, type SecretBox } from '@whook/runtime/secrets'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    secrets: SecretBox
  }
}

export default fp(async (app) => void app.decorate('secrets', createSecretBox(app.config)), {
  name: 'secrets',
})
