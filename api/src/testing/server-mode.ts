/** Environment of server mode, in which every route is served. The port of its sign-in provider is closed. */
export const serverMode = {
  GOOGLE_CLIENT_ID: 'client',
  GOOGLE_CLIENT_SECRET: 'secret',
  OIDC_ISSUER: 'http://127.0.0.1:9',
}
