/** The modifier key of shortcuts, as labelled on the user's keyboard. */
export const modKey = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl'
