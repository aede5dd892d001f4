import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { onTestFinished } from 'vitest'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { routes } from '../router.js'
import { useSessionStore } from '../stores/session.js'
import { exampleMe } from './examples.js'

/** Opens a page by its URL as a signed-in user, and waits until it was rendered with all answers that are there. */
export async function mountPage(url: string) {
  const pinia = createPinia()
  setActivePinia(pinia)
  const session = useSessionStore()
  session.me = exampleMe
  session.state = 'signed-in'
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push(url)
  // The shell of the app; menus open in it.
  const main = document.body.appendChild(document.createElement('main'))
  const page = mount(RouterView, {
    attachTo: main,
    // The editor and the chart measure their elements, which have no size without a browser.
    global: { plugins: [pinia, router], stubs: { CodeEditor: true, TimeChart: true } },
  })
  onTestFinished(() => {
    page.unmount()
    main.remove()
  })
  await flushPromises()

  const button = (name: string) => page.findAll('button').find((one) => one.text() === name)!
  return {
    page,
    router,
    text: () => textOf(page.element as Element),
    /** The names of the placeholders that are shown while data loads. */
    loading: () => page.findAll('[role=status][aria-busy=true]').map((one) => one.attributes('aria-label')),
    /** The text of each alert. */
    problems: () => page.findAll('[role=alert]').map((one) => textOf(one.element)),
    async click(name: string) {
      await button(name).trigger('click')
      await flushPromises()
    },
  }
}

/** Returns the texts of an element, separated by single spaces. */
function textOf(element: Element): string {
  const texts: string[] = []
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) texts.push(walker.currentNode.textContent!)
  return texts.join(' ').replace(/\s+/g, ' ').trim()
}
