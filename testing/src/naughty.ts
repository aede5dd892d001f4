import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

/** Text that has broken somebody's page, query, log or parser before. What it would run sets `document.title`. */
export const naughtyTexts: Record<string, string> = {
  'a script': `<script>document.title='owned'</script>`,
  'an image that fails': `"><img src=x onerror="document.title='owned'">`,
  'a drawing that loads': `<svg/onload=document.title='owned'>`,
  'the end of a script and of a title': `</script></title></textarea><script>document.title='owned'</script>`,
  'a link that runs': `javascript:document.title='owned'//`,
  'a frame': `<iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe>`,
  'template marks': `{{constructor.constructor("document.title='owned'")()}} \${document.title='owned'} <%= 7*7 %> #{7*7}`,
  'a style': `</style><style>*{display:none!important}</style>`,
  'a statement': `'; drop table webhook; -- " \\' \\" ;`,
  wildcards: `%_%\\%\\_*?[a-z]`,
  'a formula': `=HYPERLINK("http://127.0.0.1:9/","x")`,
  'a path upwards': `../../../etc/passwd\\..\\..\\x`,
  'percent signs': `%s%d%n%x %00 %zz %c3%28`,
  'names objects inherit': `__proto__ constructor toString hasOwnProperty`,
  'words for nothing': `null undefined NaN true None nil -0 Infinity`,
  'written the other way': `abc\u202Egpj.exe\u202C \u2066def\u2069 \u200Eghi\u200F`,
  'marks piled up': `Z${'\u0351\u036B\u0343\u036A'.repeat(20)}algo`,
  'families and flags': `👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇨🇿✊🏿`,
  'no width': `a\u200Bb\u200Cc\u200Dd\uFEFFe\u2060f\u00ADg`,
  'lines nobody sees end': `a\u2028b\u2029c\u0085d`,
  'right to left': `שלום עולם مرحبا بالعالم`,
  'letters that look alike': `раураl ｆｕｌｌ ﬁ ı İ ß ẞ ſ`,
  'beyond the first plane': `𝕳𝖔𝖔𝖐 𠜎𠜱 \u{10FFFF} \uFFFE \uFFFF`,
  'digits without end': `9007199254740993 1e400 -1e-400 0x7f 08 1_000`,
  'a word without end': 'w'.repeat(90),
}

/** Control characters, which a header value cannot carry and a name may refuse. */
export const controlTexts: Record<string, string> = {
  'a NUL': 'a\u0000b',
  'a terminal command': '\u001b]0;owned\u0007\u001b[2J\u001b[31mred',
  backspaces: 'abc\b\b\bxyz',
  lines: 'a\r\nSet-Cookie: x=y\r\n\r\nb',
  'half a pair': 'a\ud800b',
  'C1 controls': 'a\u0080\u009b31m\u009db',
}

const utf8 = (text: string) => Buffer.from(text, 'utf8')
const hex = (bytes: string) => Buffer.from(bytes, 'hex')
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const part = (disposition: string, body = 'x') =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`

/** Bodies with the content type they claim. Never more than the queue takes at once, but for the last. */
export const naughtyBodies: Record<string, { type: string; body: Buffer }> = {
  ...Object.fromEntries(
    Object.entries({
      'a NUL in a value and a key': '{"a\\u0000b":"\\u0000","c":"\\u0000"}',
      'a raw NUL': '{"a":"\u0000"}',
      'half a pair, escaped': '{"a":"\\ud800","\\udc00":"\\ud800x"}',
      'numbers past every type': '[1e400,1e131073,-1e400,12345678901234567890,0.1e-400,-0,1E+2]',
      'keys said twice': '{"a":1,"a":2,"a":{"a":3}}',
      'keys objects inherit':
        '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"toString":1,"length":-1}',
      'keys that are empty or dotted': '{"":1,"a.b":2,"a[0]":3," ":4,"$ref":"#/","\\n":5}',
      'depth 1,000': nested(1000),
      'depth 50,000': nested(50_000),
      'depth 20,000 of objects': '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
      'depth that never closes': '['.repeat(50_000),
      'twenty thousand keys': JSON.stringify(
        Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n])),
      ),
      'a line of 250 KB': JSON.stringify('x'.repeat(250_000)),
      'a comma too many': '[1,2,]',
      NaN: '{"a":NaN}',
      comments: '/* a */ {"a":1} // b',
      'only white space': ' \t\r\n ',
      'a name alone': '"\u2028\u2029"',
      'two values': '{"a":1}{"b":2}',
    }).map(([name, text]) => [`JSON with ${name}`, { type: 'application/json', body: utf8(text) }]),
  ),
  ...Object.fromEntries(
    Object.entries({
      'a byte order mark': Buffer.concat([hex('efbbbf'), utf8('{"a":1}')]),
      'broken UTF-8': hex('7b2261223a22c328a0a122 7d'.replaceAll(' ', '')),
      'an overlong slash': hex('22c0af22'),
      'a surrogate in UTF-8': hex('22eda08022'),
      'past the last plane': hex('22f490808022'),
      'cut in a character': hex('22e282'),
      'UTF-16': Buffer.concat([hex('fffe'), Buffer.from('{"a":1}', 'utf16le')]),
    }).map(([name, body]) => [`JSON with ${name}`, { type: 'application/json; charset=latin-9', body }]),
  ),
  'a multipart without a boundary': { type: 'multipart/form-data', body: utf8(part('name="a"')) },
  'a multipart with a boundary of 200': {
    type: `multipart/form-data; boundary=${'b'.repeat(200)}`,
    body: utf8(part('name="a"')),
  },
  'a multipart of 3,000 parts': {
    type: 'multipart/form-data; boundary=b',
    body: utf8(`${part('name="a"').repeat(3000)}--b--`),
  },
  'a multipart of naughty names': {
    type: 'multipart/form-data; boundary="b"',
    body: utf8(
      ['__proto__', '../../x', '"><img src=x onerror=1>', 'a\u202Egpj.exe']
        .map((name) => part(`name="${name}"; filename="${name}"`))
        .join(''),
    ),
  },
  'a multipart in a multipart': {
    type: 'multipart/mixed; boundary=b',
    body: utf8(part('name="a"', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part('name="c"')}--b--`)),
  },
  'an empty multipart': { type: 'multipart/form-data; boundary=b', body: utf8('--b--\r\n') },
  'a form': { type: 'application/x-www-form-urlencoded', body: utf8('a=%00&a=%zz&__proto__[x]=1&=&&%') },
  'a page': { type: 'text/html', body: utf8(`<html><script>document.title='owned'</script>`) },
  'a drawing': {
    type: 'image/svg+xml',
    body: utf8(`<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='owned'"/>`),
  },
  'XML that expands': {
    type: 'application/xml',
    body: utf8('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>'),
  },
  'a document': {
    type: 'application/pdf',
    body: Buffer.concat([utf8('%PDF-1.7\n'), hex('e2e3cfd3'), utf8('\n%%EOF')]),
  },
  'a zip bomb in gzip': { type: 'application/json', body: gzipSync(Buffer.alloc(20 * 2 ** 20)) },
  'a zip bomb in brotli': { type: 'application/json', body: brotliCompressSync(Buffer.alloc(20 * 2 ** 20)) },
  'gzip in gzip, and cut': { type: 'application/json', body: gzipSync(gzipSync('{}')).subarray(0, 20) },
  deflate: { type: 'text/plain', body: deflateSync('{}') },
  'every byte there is': {
    type: 'application/octet-stream',
    body: Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  },
  'no byte': { type: 'application/json', body: Buffer.alloc(0) },
  'one byte': { type: 'application/json', body: hex('00') },
  'exactly the limit': { type: 'text/plain', body: Buffer.alloc(5 * 2 ** 20, '€ ') },
}
