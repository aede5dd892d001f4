import { expect, test } from './fixtures.js'

test('shows the API docs under the Content-Security-Policy, from one origin', async ({ page, whook }) => {
  await page.goto(`${whook.url}/api/docs/`)
  await expect(page.getByRole('heading', { name: /^Whook/ })).toBeVisible()
  await page.getByRole('button', { name: /POST .* Send one request again/ }).click()
  await expect(page.getByText('Without destinationIds: to every enabled destination')).toBeVisible()
})
