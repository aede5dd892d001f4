import { randomBytes } from 'node:crypto'
import { Problem } from '@whook/shared'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { openSession } from '../open-session.js'
import { checkAdmission } from './check-admission.js'
import { createAuthorizationCodeFlow } from './code-flow.js'
import { createIdentityProvider } from './identity-provider.js'
import { ownPath } from './own-path.js'
import { SignInError } from './sign-in-error.js'
import { upsertUser } from './upsert-user.js'
import { verifyIdToken } from './verify-id-token.js'

declare module '@fastify/secure-session' {
  interface SessionData {
    /** The pending sign-in, sealed in the cookie of the browser that started it. */
    signIn: { nonce: string; next: string } | undefined
  }
}

/** The routes of sign-in with Google or another OpenID provider, protected by state, PKCE and nonce. */
export const oidcSignIn: FastifyPluginAsync = async (app) => {
  const { oidc, publicUrl } = app.config
  const provider = createIdentityProvider(app.config)
  app.addHook('onClose', provider.close)
  const flow = await createAuthorizationCodeFlow(app, provider)

  const routeOptions = (operationId: string, summary: string) => ({
    config: { rateLimit: { max: 20, timeWindow: '1 minute' } },
    schema: { operationId, summary, tags: ['Sign-in'], response: { 302: Type.Null(), 429: Problem } },
  })

  app.get(
    '/google',
    routeOptions('startSignIn', 'Redirect to the sign-in provider; `next` is the page to open after sign-in'),
    async (request, reply) => {
      const next = ownPath((request.query as { next?: unknown }).next, publicUrl)
      const location = await orSignInPage(request, next, async () => {
        const signIn = { nonce: randomBytes(24).toString('base64url'), next }
        const url = await flow.authorizationUrl(request, reply, signIn.nonce)
        request.session.set('signIn', signIn)
        return url
      })
      return reply.header('cache-control', 'no-store').redirect(location)
    },
  )

  app.get(
    new URL(oidc.redirectUri).pathname.slice('/auth'.length),
    routeOptions('finishSignIn', 'Finish sign-in: the redirect URI of the sign-in provider'),
    async (request, reply) => {
      const signIn = request.session.get('signIn')
      if (signIn) request.session.set('signIn', undefined)
      const next = signIn?.next ?? '/'
      const location = await orSignInPage(request, next, async () => {
        const { id_token: idToken } = await flow.exchange(request, reply)
        if (!signIn) throw new SignInError('state-invalid', 'this browser has no pending sign-in')
        const { metadata, keys } = await provider.describe()
        const expected = { keys, issuer: metadata.issuer, clientId: oidc.clientId, nonce: signIn.nonce }
        const claims = await verifyIdToken(idToken, expected)
        const email = checkAdmission(claims, app.config)
        await openSession(app, request, await upsertUser(app.sql, { issuer: oidc.issuer, claims, email }))
        return next
      })
      return reply.header('cache-control', 'no-store').redirect(location)
    },
  )
}

/** Returns the location of a step, or the sign-in page with an error code when the step throws. Logs the reason. */
async function orSignInPage(
  request: FastifyRequest,
  next: string,
  step: () => Promise<string>,
): Promise<string> {
  try {
    return await step()
  } catch (error) {
    const code = error instanceof SignInError ? error.code : 'failed'
    if (error instanceof SignInError) request.log.warn({ code, reason: error.message }, 'sign-in.refused')
    else request.log.error({ err: error }, 'sign-in.failed')
    return `/login?${new URLSearchParams({ error: code, ...(next === '/' ? {} : { next }) }).toString()}`
  }
}
