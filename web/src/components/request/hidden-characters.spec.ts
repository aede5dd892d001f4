import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { h, type Component } from 'vue'
import JsonText from '../../ui/JsonText.vue'
import { createEditor } from '../transformation/create-editor.js'
import DiffView from '../transformation/DiffView.vue'
import BodyView from './BodyView.vue'
import HeaderTable from './HeaderTable.vue'
import { jsonLines } from './json-lines.js'
import JsonTree from './JsonTree.vue'
import PartList from './PartList.vue'
import TextView from './TextView.vue'

/** Contains a mark that reverses the text after it, and a zero-width space. Shown as is, it would mislead the reader. */
const trick = 'a\u202eb\u200bc'
const shown = String.raw`a\u202eb\u200bc`
const global = { global: { plugins: [createPinia()] } }
const bytes = new TextEncoder().encode(trick)

describe('hidden characters', () => {
  it.each([
    ['the tree', JsonTree, { lines: jsonLines({ [trick]: trick }) }, `"${shown}": "${shown}"`],
    ['text', TextView, { text: trick, xml: false }, shown],
    ['XML', TextView, { text: `<a>${trick}</a>`, xml: true }, shown],
    ['JSON with colours', JsonText, { text: JSON.stringify({ [trick]: trick }) }, shown],
    ['headers', HeaderTable, { headers: [['x-a', trick]] }, shown],
    ['a diff', DiffView, { before: '', after: trick }, shown],
    ['parts', PartList, { parts: [{ name: trick, filename: trick, contentType: trick, bytes }] }, shown],
    [
      'form fields',
      BodyView,
      {
        body: { size: 9, text: `${trick}=${trick}`, base64: null, truncated: false },
        contentType: 'application/x-www-form-urlencoded',
        requestId: 'r',
      },
      shown + shown,
    ],
  ] as const)('are shown as escapes in %s', (_, component, props, expected) => {
    const text = mount(() => h(component as Component, props), global).text()
    expect(text).toContain(expected)
    expect(text).not.toMatch(/[\u202e\u200b]/)
  })

  it('are shown as escapes in an editor', () => {
    const parent = document.createElement('div')
    const nothing = () => {}
    const events = { onChange: nothing, onRun: nothing, onSave: nothing }
    createEditor(parent, { text: trick, label: 'Input', language: 'json', readonly: true, ...events })
    expect(parent.querySelector('.cm-line')!.textContent).toBe(shown)
  })

  it('are found in the tree by the characters themselves', () => {
    const lines = jsonLines({ a: trick })
    const tree = mount(JsonTree, { props: { lines, find: '\u202eb' }, ...global })
    expect(tree.find('.bg-warn\\/30').text()).toBe(String.raw`\u202eb`)
  })
})
