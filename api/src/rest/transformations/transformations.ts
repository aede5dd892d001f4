import type { FastifyPluginAsync } from 'fastify'
import { getTransformation } from './get-transformation.js'
import { listTransformationVersions } from './list-transformation-versions.js'
import { restoreTransformationVersion } from './restore-transformation-version.js'
import { saveTransformation } from './save-transformation.js'
import { testDestinationTransformation } from './test-destination-transformation.js'
import { testTransformation } from './test-transformation.js'

const transformations: FastifyPluginAsync = async (app) => {
  for (const route of [
    getTransformation,
    saveTransformation,
    listTransformationVersions,
    restoreTransformationVersion,
    testTransformation,
    testDestinationTransformation,
  ])
    await app.register(route)
}

export default transformations
