import { limits } from '@whook/shared'

/** Limits of a sample body. The body limit bounds its size; the depth must fit the stack of the JSON serializer. */
export const sampleBounds = {
  valuesMax: limits.sampleJsonValuesMax,
  depthMax: limits.sampleJsonDepthMax,
}
