/** The key that goes with a letter in commands, as this machine's keyboard names it. */
export const modKey = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl'
