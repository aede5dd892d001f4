/** The two WebAssembly globals of Node used here. @types/node has only their types, and DOM types are not included. */
declare namespace WebAssembly {
  function compile(bytes: Uint8Array): Promise<Module>
  const Memory: new (pages: { initial: number; maximum: number }) => Memory
}
