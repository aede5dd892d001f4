import { Problem } from '@whook/shared'

/** Returns the responses of a route: its success and problems. Every route behind sign-in can answer the first four. */
export const withProblems = <T extends object>(success: T, ...statuses: number[]) => ({
  ...success,
  ...(Object.fromEntries([400, 401, 403, 429, ...statuses].map((status) => [status, Problem])) as Record<
    400 | 401 | 403 | 429,
    typeof Problem
  >),
})
