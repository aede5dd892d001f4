import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'

const globals = [
  { label: 'data', type: 'variable', info: 'The parsed JSON body or form fields; otherwise undefined' },
  { label: 'request', type: 'variable', info: '{ id, method, path, query, headers, body }' },
  {
    label: 'output',
    type: 'function',
    info: 'output({ body, headers, query, method, path }) changes more than the body',
  },
  { label: 'console', type: 'variable', info: 'Its lines are stored with each run' },
  { label: 'JSON', type: 'variable' },
]
const members: Record<string, string[]> = {
  request: ['id', 'method', 'path', 'query', 'headers', 'body'],
  console: ['log', 'info', 'warn', 'error', 'debug'],
  JSON: ['parse', 'stringify'],
}

/** Completes the names that a script can use. */
export function completeScript(context: CompletionContext): CompletionResult | null {
  const member = context.matchBefore(/\b(request|console|JSON)\.\w*$/)
  if (member) {
    const [owner, typed] = member.text.split('.') as [string, string]
    return {
      from: member.to - typed.length,
      options: members[owner]!.map((label) => ({ label, type: 'property' })),
    }
  }
  const word = context.matchBefore(/\w+$/)
  return word ? { from: word.from, options: globals } : null
}
