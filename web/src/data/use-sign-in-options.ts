import { api } from '../api/routes.js'
import { useQuery } from './use-query.js'

/** Returns how a user can sign in. */
export const useSignInOptions = () => useQuery({ key: () => 'options', fetch: api.signInOptions })
