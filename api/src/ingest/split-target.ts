const slugLength = 25
const slugPattern = /^\/(wh_[0-9A-Za-z]{22})(?=[/?]|$)/

/** Senders that concatenate `https://host/` and `/wh_...` send two slashes or more. */
const slashesMax = 4

export interface HookTarget {
  slug: string
  /** Path after the slug, as sent; empty for the bare URL. */
  path: string
  query: string
}

/** Splits a request target without decoding it. Returns undefined when it is not a webhook URL. */
export function splitTarget(target: string): HookTarget | undefined {
  const local = withOneSlash(target.startsWith('/') ? target : withoutOrigin(target))
  if (!local?.startsWith('/wh_')) return undefined
  const match = slugPattern.exec(local)
  if (!match) return undefined
  const rest = local.slice(1 + slugLength)
  const mark = rest.indexOf('?')
  return mark < 0
    ? { slug: match[1]!, path: rest, query: '' }
    : { slug: match[1]!, path: rest.slice(0, mark), query: rest.slice(mark + 1) }
}

function withOneSlash(local: string | undefined): string | undefined {
  let extra = 0
  while (extra < slashesMax && local?.[extra + 1] === '/') extra++
  return extra > 0 ? local?.slice(extra) : local
}

/** RFC 9112 section 3.2.2, absolute-form. The origin is not checked here. */
function withoutOrigin(target: string): string | undefined {
  const match = /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)
  return match?.[1]
}
