import type { VerificationProvider } from '@whook/shared'
import { asanaHandshake } from './asana.js'
import { discordHandshake } from './discord.js'
import { dropboxHandshake } from './dropbox.js'
import type { TakeHandshake } from './handshake.js'
import { metaHandshake } from './meta.js'
import { microsoftGraphHandshake } from './microsoft-graph.js'
import { oktaHandshake } from './okta.js'
import { slackHandshake } from './slack.js'
import { xHandshake } from './x.js'
import { zoomHandshake } from './zoom.js'

/**
 * Handshakes of providers that check the URL before they send events. A webhook answers only those of its own provider.
 */
export const handshakes: Partial<Record<VerificationProvider, TakeHandshake>> = {
  asana: asanaHandshake,
  discord: discordHandshake,
  dropbox: dropboxHandshake,
  meta: metaHandshake,
  'microsoft-graph': microsoftGraphHandshake,
  okta: oktaHandshake,
  slack: slackHandshake,
  x: xHandshake,
  zoom: zoomHandshake,
}
