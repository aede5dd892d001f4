/** The two of Node's WebAssembly globals used here; @types/node names only their types, and the DOM's stay out. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>
  const Memory: new (pages: { initial: number; maximum: number }) => Memory
}
