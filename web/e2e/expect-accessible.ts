import type { Page } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './fixtures.js'

export const themes = ['light', 'dark'] as const
export const sizes = { desk: { width: 1440, height: 860 }, phone: { width: 390, height: 844 } }

/** What stands there now, once everything has faded in; a skeleton never stops pulsing. */
export async function expectAccessible(page: Page, what: string) {
  await page.evaluate(() =>
    // Settled: one is cancelled when what it moved is taken away.
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ),
  )
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run())
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  // Softly: one run tells them all.
  expect.soft(found, what).toEqual([])
}

/** The same moment in both themes and sizes. */
export async function expectAccessibleAnyhow(page: Page, what: string) {
  for (const theme of themes)
    for (const [name, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      await page.evaluate((value) => (document.documentElement.dataset['theme'] = value), theme)
      await expectAccessible(page, `${what}, ${theme}, ${name}`)
    }
  await page.setViewportSize(sizes.desk)
}
