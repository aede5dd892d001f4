import type { Page } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './fixtures.js'

export const themes = ['light', 'dark'] as const
export const sizes = { desk: { width: 1440, height: 860 }, phone: { width: 390, height: 844 } }

/** Rules that the theme alone can break: it changes colours, no element. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** What stands there now, once everything has faded in; a skeleton never stops pulsing. */
export async function expectAccessible(page: Page, what: string, rules?: string[]) {
  // Large, so once in a page.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async (only) => {
    // Settled: one is cancelled when what it moved is taken away.
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    )
    const result = await (window as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
      ...(only && { runOnly: { type: 'rule', values: only } }),
    })
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  }, rules)
  // Softly: one run tells them all.
  expect.soft(violations, what).toEqual([])
}

/** The same moment in both themes and sizes. */
export async function expectAccessibleAnyhow(page: Page, what: string) {
  for (const [name, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const theme of themes) {
      await page.evaluate((value) => (document.documentElement.dataset['theme'] = value), theme)
      await expectAccessible(page, `${what}, ${theme}, ${name}`, theme === themes[0] ? undefined : ofColours)
    }
  }
  await page.setViewportSize(sizes.desk)
}
