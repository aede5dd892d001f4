const sample = "GitHub's published example signs with this secret."
const palette = 'Command palettes name the commands that open a page "Go to".'

/**
 * Uses of listed words that are right, each with its reason: the file, a part of the sentence, and why the word stays.
 * `scripts/words.test.ts` fails for an exception that matches nothing.
 */
export const exceptions = [
  { file: 'testing/src/product/real-calls.ts', text: "It's a Secret to Everybody", reason: sample },
  { file: 'testing/src/signatures/published-vectors.ts', text: "It's a Secret to Everybody", reason: sample },
  { file: 'web/src/components/shell/use-commands.ts', text: 'Go to', reason: palette },
  { file: 'web/e2e/keyboard.spec.ts', text: 'go to settings', reason: palette },
]
