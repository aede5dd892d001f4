/**
 * Characters without a visible shape: controls (except tab, line feed and carriage return), direction marks (UAX #9),
 * zero-width characters, line and paragraph separators, fillers, tags and half surrogate pairs.
 */
const hidden =
  String.raw`[\u034f\u17b4\u17b5\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f` +
  String.raw`\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Surrogate}]`
/** Joiners that words need, by script (Unicode 16, ArabicShaping and the Indic scripts of RFC 5892, A.1). */
const joined = String.raw`[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Gujr}\p{scx=Guru}\p{scx=Knda}\p{scx=Mlym}\p{scx=Orya}\p{scx=Sinh}\p{scx=Taml}\p{scx=Telu}]`
const kept = [
  // Flags of regions, and family emoji: UTS #51.
  String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f}`,
  String.raw`(?<=[\ufe0f\p{Extended_Pictographic}\p{Emoji_Modifier}])\u200d(?=\p{Extended_Pictographic})`,
  String.raw`(?<=${joined})[\u200c\u200d](?=${joined})`,
]
const any = new RegExp(hidden, 'u')
export const hiddenCharacters = new RegExp(hidden, 'gu')
const each = new RegExp(`(${kept.join('|')})|${hidden}`, 'gu')

/**
 * Returns untrusted text that is safe to show: characters that are invisible or reorder other text become escapes such as
 * `\u202e`. For the screen only: copies, searches and downloads use the original text.
 */
export function visibleText(text: string): string {
  return any.test(text) ? text.replace(each, (char, isKept?: string) => isKept ?? escape(char)) : text
}

function escape(char: string): string {
  const hex = char.codePointAt(0)!.toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
