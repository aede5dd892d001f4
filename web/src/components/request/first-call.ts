const body = '{"hello":"world"}'

/** Returns an example request to a webhook URL for each tool. */
export const firstCalls = (url: string) => ({
  curl: `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`,
  HTTPie: `http POST ${url} hello=world`,
  fetch: `await fetch('${url}', {\n  method: 'POST',\n  headers: { 'content-type': 'application/json' },\n  body: JSON.stringify({ hello: 'world' }),\n})`,
  PowerShell: `Invoke-RestMethod ${url} \`\n  -Method Post -ContentType application/json \`\n  -Body '${body}'`,
})
export type CallTool = keyof ReturnType<typeof firstCalls>
