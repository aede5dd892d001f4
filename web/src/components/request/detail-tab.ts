export const detailTabs = ['body', 'headers', 'deliveries', 'response', 'raw'] as const
export type DetailTab = (typeof detailTabs)[number]

export const isDetailTab = (value: unknown): value is DetailTab => detailTabs.includes(value as DetailTab)
