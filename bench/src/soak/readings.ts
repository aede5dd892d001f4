import type { Series } from './judge.js'

export type Reading = Omit<Series, 'points'> & { value: number }

export const memory = { unit: 'MB', allowed: { share: 0.25, least: 32 } }
export const megabytes = (bytes: number) => bytes / 2 ** 20
export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
