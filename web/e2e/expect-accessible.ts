import type { Page } from '@playwright/test'
import axe from 'axe-core'
import { expect } from './fixtures.js'

export const themes = ['light', 'dark'] as const
export const sizes = { desk: { width: 1440, height: 860 }, phone: { width: 390, height: 844 } }

/** Rules that depend on the theme: it changes colours, not elements. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** Checks the current page after its finite animations have ended. A skeleton pulses without end. */
export async function expectAccessible(page: Page, what: string, rules?: string[]) {
  // axe is large: load it once per page.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const violations = await page.evaluate(async (only) => {
    // allSettled: an animation is cancelled when its element is removed.
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
  // A soft assertion, so that one run reports all violations.
  expect.soft(violations, what).toEqual([])
}

/** Checks the same state of the page in all themes and sizes. */
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
