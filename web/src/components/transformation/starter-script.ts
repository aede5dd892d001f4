/** Offered when a webhook has no script; nothing runs until it is saved. */
export const starterScript = `// Runs on every request before it is delivered.
// Return the new body, or null to leave the request out.
// data is the parsed JSON body, or undefined when it is not JSON.
function transform(data, request) {
  console.log(request.method, request.path)
  return data ?? request.body
}
`
