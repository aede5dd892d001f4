import { limits } from '@whook/shared'

/** A sample body is the user's data: the body limit bounds its size, and its depth must fit the serializer's stack. */
export const sampleBounds = {
  valuesMax: limits.sampleJsonValuesMax,
  depthMax: limits.sampleJsonDepthMax,
}
