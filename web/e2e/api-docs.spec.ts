import { expect, test } from './fixtures.js'

test('shows the API docs under the Content-Security-Policy, from one origin', async ({ page, whook }) => {
  await page.goto(`${whook.url}/api/docs/`)
  await expect(page.getByRole('heading', { name: /^Whook/ })).toBeVisible()
  await page.getByRole('button', { name: /POST .* Replay one request/ }).click()
  await expect(
    page.getByText('Without destinationIds, the request is replayed to every enabled destination'),
  ).toBeVisible()
})
