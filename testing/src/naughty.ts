import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

/** Texts known to break pages, queries, logs or parsers. An executed script sets `document.title`. */
export const naughtyTexts: Record<string, string> = {
  'a script': `<script>document.title='owned'</script>`,
  'an image with an error handler': `"><img src=x onerror="document.title='owned'">`,
  'an SVG with a load handler': `<svg/onload=document.title='owned'>`,
  'closing script and title tags': `</script></title></textarea><script>document.title='owned'</script>`,
  'a javascript: link': `javascript:document.title='owned'//`,
  'a frame': `<iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe>`,
  'template expressions': `{{constructor.constructor("document.title='owned'")()}} \${document.title='owned'} <%= 7*7 %> #{7*7}`,
  'a style': `</style><style>*{display:none!important}</style>`,
  'a SQL statement': `'; drop table webhook; -- " \\' \\" ;`,
  wildcards: `%_%\\%\\_*?[a-z]`,
  'a spreadsheet formula': `=HYPERLINK("http://127.0.0.1:9/","x")`,
  'a path traversal': `../../../etc/passwd\\..\\..\\x`,
  'percent signs': `%s%d%n%x %00 %zz %c3%28`,
  'inherited property names': `__proto__ constructor toString hasOwnProperty`,
  'null-like words': `null undefined NaN true None nil -0 Infinity`,
  'bidirectional controls': `abc\u202Egpj.exe\u202C \u2066def\u2069 \u200Eghi\u200F`,
  'stacked combining marks': `Z${'\u0351\u036B\u0343\u036A'.repeat(20)}algo`,
  'emoji sequences': `👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🇨🇿✊🏿`,
  'zero-width characters': `a\u200Bb\u200Cc\u200Dd\uFEFFe\u2060f\u00ADg`,
  'Unicode line separators': `a\u2028b\u2029c\u0085d`,
  'right-to-left text': `שלום עולם مرحبا بالعالم`,
  'confusable letters': `раураl ｆｕｌｌ ﬁ ı İ ß ẞ ſ`,
  'characters outside the BMP': `𝕳𝖔𝖔𝖐 𠜎𠜱 \u{10FFFF} \uFFFE \uFFFF`,
  'extreme numbers': `9007199254740993 1e400 -1e-400 0x7f 08 1_000`,
  'a word of 90 letters': 'w'.repeat(90),
}

/** Control characters: invalid in header values, and names may reject them. */
export const controlTexts: Record<string, string> = {
  'a NUL': 'a\u0000b',
  'a terminal command': '\u001b]0;owned\u0007\u001b[2J\u001b[31mred',
  backspaces: 'abc\b\b\bxyz',
  lines: 'a\r\nSet-Cookie: x=y\r\n\r\nb',
  'a lone surrogate': 'a\ud800b',
  'C1 controls': 'a\u0080\u009b31m\u009db',
}

const utf8 = (text: string) => Buffer.from(text, 'utf8')
const hex = (bytes: string) => Buffer.from(bytes, 'hex')
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const part = (disposition: string, body = 'x') =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`

/** Bodies with their declared content type. All but the last fit in one job of the queue. */
export const naughtyBodies: Record<string, { type: string; body: Buffer }> = {
  ...Object.fromEntries(
    Object.entries({
      'a NUL in a value and a key': '{"a\\u0000b":"\\u0000","c":"\\u0000"}',
      'a raw NUL': '{"a":"\u0000"}',
      'escaped lone surrogates': '{"a":"\\ud800","\\udc00":"\\ud800x"}',
      'numbers beyond every type': '[1e400,1e131073,-1e400,12345678901234567890,0.1e-400,-0,1E+2]',
      'duplicate keys': '{"a":1,"a":2,"a":{"a":3}}',
      'inherited property names as keys':
        '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"toString":1,"length":-1}',
      'keys that are empty or dotted': '{"":1,"a.b":2,"a[0]":3," ":4,"$ref":"#/","\\n":5}',
      'depth 1,000': nested(1000),
      'depth 50,000': nested(50_000),
      'depth 20,000 of objects': '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000),
      'unclosed depth': '['.repeat(50_000),
      'twenty thousand keys': JSON.stringify(
        Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, n])),
      ),
      'a line of 250 KB': JSON.stringify('x'.repeat(250_000)),
      'a trailing comma': '[1,2,]',
      NaN: '{"a":NaN}',
      comments: '/* a */ {"a":1} // b',
      'only white space': ' \t\r\n ',
      'a string only': '"\u2028\u2029"',
      'two values': '{"a":1}{"b":2}',
    }).map(([name, text]) => [`JSON with ${name}`, { type: 'application/json', body: utf8(text) }]),
  ),
  ...Object.fromEntries(
    Object.entries({
      'a byte order mark': Buffer.concat([hex('efbbbf'), utf8('{"a":1}')]),
      'broken UTF-8': hex('7b2261223a22c328a0a122 7d'.replaceAll(' ', '')),
      'an overlong slash': hex('22c0af22'),
      'a surrogate in UTF-8': hex('22eda08022'),
      'beyond the last Unicode plane': hex('22f490808022'),
      'a truncated character': hex('22e282'),
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
  'an HTML page': { type: 'text/html', body: utf8(`<html><script>document.title='owned'</script>`) },
  'an SVG': {
    type: 'image/svg+xml',
    body: utf8(`<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='owned'"/>`),
  },
  'XML with entity expansion': {
    type: 'application/xml',
    body: utf8('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>'),
  },
  'a PDF document': {
    type: 'application/pdf',
    body: Buffer.concat([utf8('%PDF-1.7\n'), hex('e2e3cfd3'), utf8('\n%%EOF')]),
  },
  'a zip bomb in gzip': { type: 'application/json', body: gzipSync(Buffer.alloc(20 * 2 ** 20)) },
  'a zip bomb in brotli': { type: 'application/json', body: brotliCompressSync(Buffer.alloc(20 * 2 ** 20)) },
  'truncated gzip in gzip': { type: 'application/json', body: gzipSync(gzipSync('{}')).subarray(0, 20) },
  deflate: { type: 'text/plain', body: deflateSync('{}') },
  'all byte values': {
    type: 'application/octet-stream',
    body: Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  },
  'an empty body': { type: 'application/json', body: Buffer.alloc(0) },
  'one byte': { type: 'application/json', body: hex('00') },
  'exactly the limit': { type: 'text/plain', body: Buffer.alloc(5 * 2 ** 20, '€ ') },
}
