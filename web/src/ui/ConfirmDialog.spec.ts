import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, ref } from 'vue'
import ConfirmDialog from './ConfirmDialog.vue'

/** Like the pages of the dashboard: the item to delete is reset when the dialog closes. */
const page = defineComponent({
  components: { ConfirmDialog },
  setup() {
    const toDelete = ref<string | undefined>('Shop')
    const confirmed = ref<string>()
    return { toDelete, confirmed }
  },
  template: `<ConfirmDialog v-if="toDelete" :open="true" :title="toDelete" text="" action="Delete" :typed="toDelete"
    @update:open="toDelete = undefined" @confirm="confirmed = toDelete" />`,
})

it('emits confirm before it closes when the name was typed', async () => {
  const shown = mount(page)
  await shown.find('input').setValue('Sho')
  expect(shown.find('button[type=submit]').attributes('disabled')).toBeDefined()
  await shown.find('form').trigger('submit')
  expect(shown.vm.confirmed).toBeUndefined()
  await shown.find('input').setValue('Shop')
  await shown.find('form').trigger('submit')
  expect([shown.vm.confirmed, shown.find('dialog').exists()]).toEqual(['Shop', false])
})
