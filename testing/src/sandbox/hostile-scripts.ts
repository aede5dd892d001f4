/**
 * A script that a user may save by mistake or on purpose. `body` is the body of `transform`, `top` a whole script.
 */
interface HostileScript {
  name: string
  body?: string
  top?: string
  /** The expected result; omitted where success and failure are both harmless. */
  ends?: 'timeout' | 'memory' | 'runtime' | 'result' | 'syntax' | 'output'
}

/** Time: loops of every kind, and built-ins that run long without an interrupt check of the interpreter. */
const time: HostileScript[] = [
  { name: 'loop', body: 'for (;;);', ends: 'timeout' },
  { name: 'loop at the top level', top: 'while (true) {} function transform() {}', ends: 'timeout' },
  { name: 'loop that catches', body: 'for (;;) try { for (;;); } catch {}', ends: 'timeout' },
  { name: 'loop in finally', body: 'try { for (;;); } finally { for (;;); }', ends: 'timeout' },
  { name: 'promise loop', body: 'const f = () => Promise.resolve().then(f); return f()', ends: 'timeout' },
  { name: 'await loop', top: 'async function transform() { for (;;) await 0 }', ends: 'timeout' },
  { name: 'promise that never settles', body: 'return new Promise(() => {})', ends: 'result' },
  { name: 'thenable that loops', body: 'return { get then() { for (;;); } }', ends: 'timeout' },
  { name: 'thenable of itself', body: 'const t = { then(f) { f(t) } }; return t', ends: 'timeout' },
  { name: 'endless generator', body: 'return [...(function* () { for (;;) yield 1 })()]' },
  {
    name: 'endless iterator',
    body: 'return new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) })',
  },
  { name: 'backtracking regex', body: 'return /^(a+)+$/.test("a".repeat(60) + "!")', ends: 'timeout' },
  { name: 'backtracking replace', body: 'return "x".repeat(1e5).replace(/(x+x+)+y/g, "")' },
  { name: 'sort comparator that loops', body: 'return [2, 1].sort(() => { for (;;); })', ends: 'timeout' },
  {
    name: 'sort comparator at random',
    body: 'return Array.from({ length: 1e6 }, Math.random).sort(() => Math.random() - 0.5)',
  },
  { name: 'sparse sort', body: 'const a = []; a[4294967294] = 1; a.sort(); return 1', ends: 'timeout' },
  {
    name: 'sparse indexOf',
    body: 'const a = []; a.length = 4294967295; return a.indexOf(1)',
    ends: 'timeout',
  },
  { name: 'sparse reverse', body: 'const a = []; a[4294967294] = 1; a.reverse(); return 1', ends: 'timeout' },
  { name: 'huge join', body: 'return Array(5e7).join("ab").length' },
  { name: 'BigInt multiplication', body: 'let n = 3n; for (;;) n *= n' },
  { name: 'BigInt to text', body: 'return (7n ** 400000n).toString()' },
  { name: 'getter that loops', body: 'return { get a() { for (;;); } }', ends: 'timeout' },
  { name: 'toJSON that loops', body: 'return { toJSON() { for (;;); } }', ends: 'timeout' },
  { name: 'proxy that loops', body: 'return new Proxy({}, { ownKeys() { for (;;); } })', ends: 'timeout' },
  {
    name: 'toString that loops',
    body: 'return output({ query: { a: { toString() { for (;;); } } } })',
    ends: 'timeout',
  },
  { name: 'console of a looping object', body: 'console.log({ toJSON() { for (;;); } })', ends: 'timeout' },
  { name: 'thrown message that loops', body: 'throw { get message() { for (;;); } }' },
  {
    name: 'thrown stack that loops',
    body: 'const e = Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
  },
]

/** Memory: unbounded growth. */
const memory: HostileScript[] = [
  { name: 'array growth', body: 'const a = []; for (;;) a.push([1, 2, 3])' },
  { name: 'string doubling', body: 'let s = "x"; for (;;) s += s' },
  { name: 'repeat', body: 'return "x".repeat(2 ** 30)', ends: 'runtime' },
  { name: 'padding', body: 'return "x".padEnd(2 ** 29, "y").length', ends: 'memory' },
  { name: 'fill', body: 'return new Array(6e7).fill(0)' },
  { name: 'Array.from', body: 'return Array.from({ length: 1e9 })' },
  { name: 'one large ArrayBuffer', body: 'return new ArrayBuffer(2 ** 31 - 1).byteLength' },
  { name: 'many ArrayBuffers', body: 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))' },
  { name: 'typed arrays', body: 'const a = []; for (;;) a.push(new Float64Array(1e5).fill(1))' },
  { name: 'map growth', body: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, "x".repeat(100) + i)' },
  { name: 'closures', body: 'let f = () => 0; for (;;) { const g = f; f = () => g }' },
  {
    name: 'console flood',
    body: 'for (let i = 0; i < 200; i++) console.log("x".repeat(2000)); return 1',
    ends: 'output',
  },
]

/** Depth and results: no result may break the code that reads it. */
const results: HostileScript[] = [
  { name: 'recursion', body: 'const f = () => f() + 1; return f()', ends: 'runtime' },
  {
    name: 'mutual recursion by getters',
    body: 'const o = { get a() { return o.a } }; return o.a',
    ends: 'runtime',
  },
  { name: 'deep JSON text', body: 'return JSON.parse("[".repeat(5e6))' },
  { name: 'deep result', body: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o' },
  { name: 'cyclic result', body: 'const o = {}; o.o = o; return o', ends: 'result' },
  { name: 'huge result', body: 'return "x".repeat(5e6)', ends: 'result' },
  { name: 'wide result', body: 'const o = {}; for (let i = 0; i < 3e5; i++) o["k" + i] = i; return o' },
  { name: 'BigInt result', body: 'return { n: 1n }', ends: 'result' },
  { name: 'function result', body: 'return () => 1', ends: 'result' },
  { name: 'header injection', body: 'return output({ headers: { a: "1\\r\\nx-evil: 1" } })', ends: 'result' },
  {
    name: 'thrown control characters',
    body: 'throw Error("\\u001b[2J\\u0000\\r\\n<script>\\u202e".repeat(1000))',
    ends: 'runtime',
  },
]

/** Escapes: attempts of a script to reach the host. */
const escapes: HostileScript[] = [
  { name: 'constructor', body: 'return [].constructor.constructor("return process.env")()', ends: 'runtime' },
  { name: 'require', body: 'return require("node:fs").readFileSync("/etc/passwd", "utf8")', ends: 'runtime' },
  { name: 'import', top: 'async function transform() { return await import("node:fs") }' },
  { name: 'module syntax', top: 'import fs from "node:fs"; function transform() {}', ends: 'syntax' },
  {
    name: 'globals',
    body: 'return Object.getOwnPropertyNames(globalThis).filter((n) => /process|require|fetch|Worker|WebAssembly|std|os|scriptArgs/.test(n)).join() || "nothing"',
    ends: 'output',
  },
  {
    name: 'tampered built-ins',
    top: 'JSON.stringify = JSON.parse = Array.prototype.flatMap = Object.entries = String = () => { throw 1 }; WeakMap.prototype.get = () => globalThis; Object.prototype.toJSON = () => "evil"; function transform() { return output({ body: { a: 1 } }) }',
  },
  {
    name: 'finalizers and the debugger',
    body: 'debugger; new FinalizationRegistry(() => { for (;;); }).register({}, 1); return typeof WebAssembly',
    ends: 'output',
  },
]

export const hostileScripts = [...time, ...memory, ...results, ...escapes].map(
  ({ name, body, top, ends }): { name: string; script: string; ends?: string } => ({
    name,
    script: top ?? `function transform(data, request) { ${body} }`,
    ends,
  }),
)
