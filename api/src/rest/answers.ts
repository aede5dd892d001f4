import { Problem } from '@whook/shared'

/** The problems a route can answer beside its success; every route behind sign-in can answer the first four. */
export const withProblems = <T extends object>(success: T, ...statuses: number[]) => ({
  ...success,
  ...(Object.fromEntries([400, 401, 403, 429, ...statuses].map((status) => [status, Problem])) as Record<
    400 | 401 | 403 | 429,
    typeof Problem
  >),
})
