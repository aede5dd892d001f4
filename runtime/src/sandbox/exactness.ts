/**
 * Part of the prelude, runs inside QuickJS. Writes numbers that JavaScript would change with their source text, when the
 * script did not change them: in their object, copied under their name, or, when too large for a double, copied anywhere.
 * A script that computes with them gets numbers.
 */
export const exactness = String.raw`
(stringify, log) => {
  let begin
  let isLogged = false
  // own: for each object or array, member -> source. byName and byValue find copies; undefined for two possible sources.
  const own = new Map()
  const byName = new Map()
  const byValue = new Map()

  const addSource = (map, key, source) => {
    const known = map.get(key)
    map.set(key, known === undefined && !map.has(key) ? source : known === source ? source : undefined)
  }
  const isLarge = (value) => Number.isFinite(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER

  // Members of a list may change their index.
  const nameIn = (holder, name) => (Array.isArray(holder) ? '[]' : name)

  const sourceOf = (holder, name, value) => {
    const source = own.get(holder)?.[name]
    if (source !== undefined && Object.is(Number(source), value)) return source
    return byName.get(nameIn(holder, name))?.get(value) ?? (isLarge(value) ? byValue.get(value) : undefined)
  }

  const warn = (name, value) => {
    if (isLogged) return
    isLogged = true
    const what = isLarge(value) ? 'has more digits than JavaScript keeps, and may have changed' : 'is not a JSON number, and is sent as null'
    log('warn', 'Whook: the number in ' + (name === '' ? 'the result' : String(name).slice(0, 100)) + ' ' + what)
  }

  function write(name, value) {
    if (typeof value !== 'number') return value
    const source = sourceOf(this, name, value)
    if (source !== undefined) return begin + source
    if (!Number.isFinite(value) || (isLarge(value) && byValue.has(value))) warn(name, value)
    return value
  }

  return {
    remember(data, numbers, mark) {
      begin = mark
      const open = typeof numbers === 'string' ? [[{ '': data }, { '': numbers }]] : [[data, numbers]]
      while (open.length > 0) {
        const [holder, sources] = open.pop()
        const sourceByName = Object.create(null)
        own.set(holder, sourceByName)
        for (const name of Object.keys(sources)) {
          const source = sources[name]
          if (typeof source !== 'string') {
            open.push([holder[name], source])
            continue
          }
          const value = Number(source)
          Object.defineProperty(sourceByName, name, { value: source })
          // A tiny number is 0 in JavaScript: a copy of it cannot be distinguished from another 0.
          if (value === 0) continue
          const place = nameIn(holder, name)
          if (!byName.has(place)) byName.set(place, new Map())
          addSource(byName.get(place), value, source)
          if (isLarge(value)) addSource(byValue, value, source)
        }
      }
    },
    stringify(value) {
      if (begin === undefined) return stringify(value)
      const [first, ...marked] = (stringify(value, write) ?? '').split('"' + begin)
      const json = first + marked.map((piece) => piece.replace('"', '')).join('')
      return json === '' ? undefined : json
    },
  }
}
`
