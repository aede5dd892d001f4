import { aroundScenes } from './scenes/around-scenes.js'
import { inspectorScenes } from './scenes/inspector-scenes.js'
import { systemScenes } from './scenes/system-scenes.js'
import { troubleScenes } from './scenes/trouble-scenes.js'
import { webhookScenes } from './scenes/webhook-scenes.js'
import type { Scene } from './stage.js'

export const scenes: Record<string, Scene> = {
  ...aroundScenes,
  ...inspectorScenes,
  ...webhookScenes,
  ...systemScenes,
  ...troubleScenes,
}

/** Scene and variant of each file in docs/images. */
export const readmePictures = {
  'inspector-dark': ['inspector', 'dark'],
  'inspector-light': ['inspector', 'light'],
  'script-light': ['script', 'light'],
  'deliveries-dark': ['deliveries-open', 'dark'],
  'overview-light': ['overview', 'light'],
} as const
