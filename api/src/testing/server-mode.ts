/** Server mode, where every route is served; its sign-in provider is a port where nobody listens. */
export const serverMode = {
  GOOGLE_CLIENT_ID: 'client',
  GOOGLE_CLIENT_SECRET: 'secret',
  OIDC_ISSUER: 'http://127.0.0.1:9',
}
