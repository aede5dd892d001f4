import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { longFunctions } from '../eslint.config.js'
import { root } from './install.mjs'

it('exempts only files that exist and have more than 120 lines from the limit of functions', () => {
  const lines = (file: string) =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').split('\n').length : 0
  expect(Object.keys(longFunctions).filter((file) => lines(file) <= 120)).toEqual([])
})
