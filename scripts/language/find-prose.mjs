import ts from 'typescript'

/**
 * The sentences that a person reads in a source file: `{ line, kind, text }`, with kind `comment`, `title` (of a test) or
 * `text` (of a page, a message or a document).
 * @param {string} file
 * @param {string} source
 * @returns {{ line: number, kind: 'comment' | 'title' | 'text', text: string }[]}
 */
export function findProse(file, source) {
  if (file.endsWith('.md')) return fromMarkdown(source)
  if (file.endsWith('.sql')) return fromSql(source)
  if (file.endsWith('.vue')) return fromVue(source)
  if (/\.(ts|mjs|js)$/.test(file)) return fromScript(file, source)
  return source
    .split('\n')
    .flatMap((text, at) => (/^\s*#/.test(text) ? [{ line: at + 1, kind: 'comment', text }] : []))
}

/** Code blocks and inline code are not prose. */
function fromMarkdown(source) {
  let fenced = false
  return source.split('\n').flatMap((text, at) => {
    const isFence = /^\s*```/.test(text)
    if (isFence) fenced = !fenced
    return fenced || isFence || text.trim() === ''
      ? []
      : [{ line: at + 1, kind: 'text', text: text.replace(/`[^`]*`/g, '`code`') }]
  })
}

const fromSql = (source) =>
  source.split('\n').flatMap((text, at) => {
    const comment = /--(?!>)(.*)$/.exec(text)
    return comment ? [{ line: at + 1, kind: 'comment', text: comment[1] }] : []
  })

function fromVue(source) {
  const found = []
  for (const { index, 0: block, 1: script } of source.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) {
    const before = lineOf(source, index + block.indexOf(script)) - 1
    found.push(...fromScript('block.ts', script).map((one) => ({ ...one, line: one.line + before })))
  }
  const start = source.indexOf('<template>')
  const template = start < 0 ? '' : source.slice(start, source.lastIndexOf('</template>'))
  const add = (kind, text, index) => {
    const plain = text
      .replace(/\{\{[\s\S]*?\}\}/g, '…')
      .replace(/\s+/g, ' ')
      .trim()
    if (/[a-z]{2}/i.test(plain)) found.push({ line: lineOf(source, start + index), kind, text: plain })
  }
  for (const { index, 1: text } of template.matchAll(/>([^<>]+)</g)) add('text', text, index)
  for (const { index, 1: text } of template.matchAll(/<!--([\s\S]*?)-->/g)) add('comment', text, index)
  const shown = /\s(?:aria-label|label|title|placeholder|hint|description|heading|text|alt)="([^"]+)"/g
  for (const { index, 1: text } of template.matchAll(shown)) add('text', text, index)
  for (const { index, 0: value } of template.matchAll(
    /'[^'\n]*[a-z] [a-z][^'\n]*'|`[^`\n]*[a-z] [a-z][^`\n]*`/g,
  ))
    add('text', value, index)
  return found
}

const titles = /^(it|test|describe|step)$/

/** Comments; titles of tests; and string literals of at least two words. */
function fromScript(file, source) {
  const tree = ts.createSourceFile(
    file,
    source,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('.ts') ? ts.ScriptKind.TS : ts.ScriptKind.JS,
  )
  const found = []
  const seen = new Set()
  const lineAt = (position) => tree.getLineAndCharacterOfPosition(position).line + 1
  const comments = (position) => {
    for (const range of ts.getLeadingCommentRanges(source, position) ?? []) comment(range)
    for (const range of ts.getTrailingCommentRanges(source, position) ?? []) comment(range)
  }
  function comment({ pos, end }) {
    if (seen.has(pos)) return
    seen.add(pos)
    const text = source
      .slice(pos, end)
      .replace(/^\/\*\*?|\*\/$|^\s*\*|^\/\//gm, ' ')
      .replace(/`[^`]*`/g, '`code`')
    found.push({ line: lineAt(pos), kind: 'comment', text: text.replace(/\s+/g, ' ').trim() })
  }
  function visit(node) {
    comments(node.getFullStart())
    comments(node.end)
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) literal(node)
    ts.forEachChild(node, visit)
  }
  function literal(node) {
    const text = node
      .getText(tree)
      .slice(1, -1)
      .replace(/\$\{[^}]*\}/g, '…')
    if (!/[a-z]{2,}[ ,][a-z]/i.test(text) || looksLikeCode(text, node)) return
    found.push({
      line: lineAt(node.getStart()),
      kind: isTitle(node) ? 'title' : 'text',
      text: text.replace(/\s+/g, ' '),
    })
  }
  visit(tree)
  return found
}

/** SQL, selectors and lists of classes. */
const looksLikeCode = (text, node) =>
  ts.isTaggedTemplateExpression(node.parent) ||
  /^\s*(select|insert|update|delete|with|create|alter|drop|begin|set|function|import|const|return|curl)\b/i.test(
    text,
  ) ||
  /[{};]|=>|:[a-z-]+\(/.test(text) ||
  /\b(flex|grid|text-(sm|xs|muted)|px-\d|rounded)\b/.test(text)

function isTitle(node) {
  for (let call = node.parent; call; call = call.parent) {
    if (!ts.isCallExpression(call)) continue
    let name = call.expression
    while (
      ts.isPropertyAccessExpression(name) ||
      ts.isCallExpression(name) ||
      ts.isTaggedTemplateExpression(name)
    ) {
      name = name.expression ?? name.tag
    }
    return ts.isIdentifier(name) && titles.test(name.text) && call.arguments[0] === node
  }
  return false
}

const lineOf = (source, index) => source.slice(0, index).split('\n').length
