import { Session, type Debugger, type InspectorNotification } from 'node:inspector'

const framesMax = 20

/**
 * Returns the call stack of a main thread in an endless loop, innermost frame first. Pauses that thread permanently. Does
 * not resolve while the main thread is in native code, such as a regular expression or a read from a hanging disk.
 */
export function readMainStack(): Promise<string[]> {
  const session = new Session()
  session.connectToMainThread()
  // The frames of a pause contain only the ids of their scripts.
  const urls = new Map<string, string>()
  session.on(
    'Debugger.scriptParsed',
    ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
      urls.set(params.scriptId, params.url)
    },
  )
  return new Promise((resolve) => {
    session.once('Debugger.paused', ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
      const frames = params.callFrames.slice(0, framesMax)
      resolve(
        frames.map(
          ({ functionName, location }) =>
            `${functionName || '(anonymous)'} ${urls.get(location.scriptId)}:${location.lineNumber + 1}`,
        ),
      )
    })
    session.post('Debugger.enable')
    session.post('Debugger.pause')
  })
}
