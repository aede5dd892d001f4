import { useElementSize, useEventListener } from '@vueuse/core'
import { computed, nextTick, ref, type Ref } from 'vue'

interface FixedRows {
  scroller: Readonly<Ref<HTMLElement | null>>
  count: () => number
  heightPx: number
  /** Drawn above and below what is seen, so that scrolling does not outrun drawing. */
  overscan: number
}

/**
 * Which of many rows of one height are drawn. All of one height: nothing is kept per row, so a list of a hundred thousand
 * that grows each frame costs as much as a short one.
 */
export function useFixedRows({ scroller, count, heightPx, overscan }: FixedRows) {
  const top = ref(0)
  const { height } = useElementSize(scroller)
  useEventListener(scroller, 'scroll', () => (top.value = scroller.value!.scrollTop), { passive: true })

  const end = computed(() => Math.min(count(), Math.ceil((top.value + height.value) / heightPx) + overscan))
  // Of a list that just became shorter the end is drawn, until the browser has scrolled to it.
  const first = computed(() => Math.max(0, Math.min(Math.floor(top.value / heightPx), end.value) - overscan))
  return {
    totalPx: computed(() => count() * heightPx),
    /** Their indexes. */
    drawn: computed(() => Array.from({ length: end.value - first.value }, (_, n) => first.value + n)),
    /** As little as needed, or to the middle. */
    async scrollTo(index: number, align: 'nearest' | 'center' = 'nearest') {
      // Where it goes may only be there once what changed is drawn.
      await nextTick()
      const element = scroller.value
      if (!element) return
      const [start, room] = [index * heightPx, element.clientHeight - heightPx]
      if (align === 'center') element.scrollTop = start - room / 2
      else element.scrollTop = Math.max(start - room, Math.min(start, element.scrollTop))
    },
  }
}
