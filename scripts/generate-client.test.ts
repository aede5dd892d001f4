import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clientFile, clientTypes } from './generate-client.mjs'

describe('clientTypes', () => {
  it('equals the committed web/src/api/schema.d.ts', async () => {
    expect(readFileSync(clientFile, 'utf8'), 'run: npm run generate:client').toBe(await clientTypes())
  })
})
