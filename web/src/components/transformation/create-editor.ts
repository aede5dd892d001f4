import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { hiddenCharacters, visibleText } from '../../ui/visible-text.js'
import { completeScript } from './complete-script.js'

interface EditorOptions {
  text: string
  label: string
  language: 'javascript' | 'json'
  readonly: boolean
  onChange: (text: string) => void
  onRun: () => void
  onSave: () => void
}

export type Editor = ReturnType<typeof createEditor>

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword], color: 'var(--purple)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--accent)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--sky)' },
  { tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--warn)' },
])
const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '12px', background: 'var(--surface)', color: 'var(--fg)' },
  '&.cm-focused': { outline: 'none' },
  // A line at the top, because a focus ring around half the page is too prominent.
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0 0 auto',
    height: '2px',
    background: 'var(--accent)',
    pointerEvents: 'none',
    zIndex: '10',
  },
  '.cm-scroller': {
    fontFamily: 'var(--default-mono-font-family, "Geist Mono Variable"), monospace',
    lineHeight: '1.5',
  },
  '.cm-gutters': { background: 'var(--surface)', color: 'var(--faint)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': {
    background: 'color-mix(in srgb, var(--raised) 60%, transparent)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--fg)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--accent) 25%, transparent) !important',
  },
  '.cm-tooltip': { background: 'var(--surface)', border: '1px solid var(--line)', color: 'var(--fg)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--raised)', color: 'var(--fg)' },
  '.cm-panels': { background: 'var(--subtle)', color: 'var(--fg)' },
})

/** Shows hidden characters as escapes. A body or a pasted script can contain marks that reorder code (CVE-2021-42574). */
function escaped(code: number, description: string | null) {
  const mark = document.createElement('span')
  mark.textContent = visibleText(String.fromCodePoint(code))
  mark.className = 'cm-specialChar'
  mark.title = description ?? ''
  return mark
}

/** Creates an editor in `parent`. Tab indents; Escape, then Tab leaves the editor (WCAG 2.1.2). */
export function createEditor(
  parent: HTMLElement,
  { text, label, language, readonly, onChange, onRun, onSave }: EditorOptions,
) {
  const command = (run: () => void) => () => (run(), true)
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        history(),
        drawSelection(),
        highlightSpecialChars({ specialChars: hiddenCharacters, render: escaped }),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(language === 'javascript' ? { override: [completeScript] } : {}),
        highlightActiveLine(),
        highlightSelectionMatches(),
        lintGutter(),
        language === 'json' ? json() : javascript(),
        syntaxHighlighting(colors),
        theme,
        EditorState.readOnly.of(readonly),
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
        keymap.of([
          { key: 'Mod-Enter', run: command(onRun) },
          { key: 'Mod-s', run: command(onSave), preventDefault: true },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
      ],
    }),
  })

  return {
    setText(next: string) {
      if (next === view.state.doc.toString()) return
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } })
    },
    mark(place: { line: number; column: number | null; message: string } | undefined) {
      if (!place) return view.dispatch(setDiagnostics(view.state, []))
      const line = view.state.doc.line(Math.min(Math.max(place.line, 1), view.state.doc.lines))
      const from = Math.min(line.from + Math.max((place.column ?? 1) - 1, 0), line.to)
      view.dispatch(
        setDiagnostics(view.state, [{ from, to: line.to, severity: 'error', message: place.message }]),
      )
    },
    destroy: () => view.destroy(),
  }
}
