import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ApiError, Problem, SignInOptions } from '@whook/shared'
import Type from 'typebox'
import { ensureLocalOwner } from './local-owner.js'
import { consumeLoginLink } from './login-links.js'
import { openSession } from './open-session.js'

const LocalSignInBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false, examples: [{ token: 'the part of the link after #token=' }] },
)

/** Public routes: the sign-in options, and sign-in by one-time link in local mode. */
export const localSignIn: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/options',
    {
      schema: {
        operationId: 'getSignInOptions',
        summary: 'Get the sign-in options',
        tags: ['Sign-in'],
        response: { 200: SignInOptions },
      },
    },
    async (request) => {
      const { mode, oidc } = app.config
      const google = oidc.issuer === 'https://accounts.google.com'
      const id = request.session.get('id')
      return {
        mode,
        signedIn: id !== undefined && (await app.sessions.find(id)) !== undefined,
        providerName: mode === 'local' ? null : google ? 'Google' : new URL(oidc.issuer).hostname,
      }
    },
  )

  app.post(
    '/local',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      // The route is public, so larger bodies are not parsed. A token has at most 200 characters.
      bodyLimit: 1024,
      schema: {
        operationId: 'signInLocally',
        summary: 'Sign in with the one-time link of local mode',
        tags: ['Sign-in'],
        body: LocalSignInBody,
        response: { 204: Type.Null(), 400: Problem, 401: Problem, 403: Problem, 429: Problem },
      },
    },
    async (request, reply) => {
      if (app.config.mode !== 'local')
        throw new ApiError('forbidden', { detail: 'Local sign-in is disabled; use the sign-in provider' })
      if (!(await consumeLoginLink(app.sql, request.body.token))) throw new ApiError('login-link-invalid')
      await openSession(app, request, await ensureLocalOwner(app.db))
      return reply.code(204).send(null)
    },
  )
}
