import { createSecretBox, type SecretBox } from '@whook/shared/server/secrets'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    secrets: SecretBox
  }
}

export default fp(async (app) => void app.decorate('secrets', createSecretBox(app.config)), {
  name: 'secrets',
})
