/** Shown when a webhook has no script. It does not run until the user saves it. */
export const starterScript = `// Runs on every request before it is delivered.
// Return the new body, or null to filter the request out.
// data is the parsed JSON body, or undefined when it is not JSON.
function transform(data, request) {
  console.log(request.method, request.path)
  return data ?? request.body
}
`
