/**
 * Words that this project does not use in prose, each with the reason and the plain form (CONTRIBUTING.md, "Language").
 * Things do not speak, stand or come; a sentence names its actor.
 * @type {[pattern: RegExp, plain: string][]}
 */
export const words = [
  [/\b(whoever|whatever|whichever|whosoever)\b/i, 'Name the actor or the thing.'],
  [/\b(tells?|told|telling)\b/i, 'publish, report, announce, notify or return'],
  [/\b(asks?|asked|asking)\b/i, 'request, call, query, poll or claim'],
  [/\b(stands?|stood|standing)\b/i, 'is, appears or remains'],
  [/\b(is|are|was|were|has|have|had|be|being) gone\b/i, 'deleted, missing, expired, closed or unavailable'],
  [/\b(speaks?|spoke|spoken|speaking)\b/i, 'use, refer to or send'],
  [
    /\b(comes?|came|coming) (to|of|from|back|in|out|by|with|again)\b/i,
    'arrives, returns, results from or is received',
  ],
  [/\b(goes|go|went|going) (to|out|back|on|in|by|with|into)\b/i, 'is sent, is stored, continues or returns'],
  [
    /\b(is|are|was|were) no (?!longer\b|more than\b|later than\b|older than\b|larger than\b)/i,
    'is not a, or has no',
  ],
  [
    /\b(nobody|somebody|someone|anybody|everybody|everyone)\b/i,
    'Name the actor: the user, the client, the caller.',
  ],
  [
    /(^|[.:;] )(Who|What|Whose|Whom)\b(?![^.]*\?)/,
    'Start with the thing: "Requests that ...", "The result of ...".',
  ],
  [/\b(of|for|from|by|with|to|at|about) (what|whom|who)\b/i, 'Name the thing.'],
  [
    /\b(what|who) (is|are|was|were|has|have|had|it|they|we|a|the|can|may|must|needs?|does|did|goes|came|comes|runs?)\b(?![^.]*\?)/i,
    'Name the thing.',
  ],
  [
    /\b(thus|hence|therein|thereof|whereof|wherein|thereby|herein|anew|alike|save for|lest|nought|aught|ere)\b/i,
    'Old-fashioned.',
  ],
  [/\b(at once)\b/i, 'immediately, or at the same time'],
  [
    /\b(a try|its try|each try|next try|first try|last try|tries)\b(?! to\b)/i,
    'attempt (keep "tries to" as a verb)',
  ],
  [/\b(mends?|mended|mending)\b/i, 'fix or repair'],
  [/\b(wish|wishes|wished)\b/i, 'request or preference'],
  [/\b(does|do) without\b/i, 'works without, or needs no'],
  [/\b(by hand)\b/i, 'manually'],
  [/\b(keeps? house|keep an eye|in the way|in hand|of its own accord|by and by)\b/i, 'Say what happens.'],
  [/\b(nothing but|naught|all of it|as it were|so to say)\b/i, 'only'],
  [
    /\b(takes? (note|heed|leave)|bears? with|lets? (go|through|in|out))\b/i,
    'accept, forward, record or release',
  ],
  [/\b(a stranger'?s?|strangers)\b/i, 'another user'],
]
