/** Parse timestamps of providers. Return milliseconds since the epoch; NaN for an invalid timestamp. */
export const inSeconds = (text: string) => (/^\d{1,12}$/.test(text) ? Number(text) * 1000 : NaN)
export const inMilliseconds = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : NaN)
export const inIsoTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z$/.test(text) ? Date.parse(text) : NaN
