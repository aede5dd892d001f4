/** URLs rejected in server mode with the same message for every address. */
export const deniedUrls = `
http://127.0.0.1/ http://127.1 http://127.0.1 http://2130706433 http://017700000001 http://0177.0.0.1 http://00000177.0.0.1
http://0x7f.0.0.1 http://0x7f000001 http://0x7f.1 http://127.0.0.1. http://%31%32%37.0.0.1 http://127。0。0。1 http://127．0．0．1
http://①②⑦.⓪.⓪.① http://0/ http://0.0.0.0/ http://[::] http://[::1] http://[0:0:0:0:0:0:0:1] http://[::ffff:127.0.0.1]
http://[::ffff:7f00:1] http://[::127.0.0.1] http://[::ffff:0:127.0.0.1] http://[64:ff9b::169.254.169.254]
http://[64:ff9b::808:808] http://[64:ff9b:1::a00:1] http://[2002:7f00:1::] http://[2002:808:808::1]
http://[2001:0:4136:e378:8000:63bf:3fff:fdd2] http://[fc00::1] http://[fd00:ec2::254] http://[fe80::1] http://[fec0::1]
http://[ff02::1] http://[100::1] http://[100:0:0:1::1] http://[2001:db8::1] http://[3fff::1] http://[5f00::1] http://[4000::1]
http://[::2] http://10.0.0.1 http://172.16.0.1 http://172.31.255.255 http://192.168.1.1 http://100.64.0.1
http://100.127.255.254 http://169.254.169.254 http://192.0.0.192 http://192.0.2.1 http://192.31.196.1 http://192.52.193.1
http://192.88.99.1 http://192.175.48.1 http://198.18.0.1 http://198.51.100.1 http://203.0.113.1 http://224.0.0.1
http://240.0.0.1 http://255.255.255.255 http://168.63.129.16 http://100.100.100.200 http://localhost http://LOCALHOST
http://localhost. http://loc%61lhost http://ⓛocalhost http://foo.localhost http://ip6-localhost http://metadata
http://metadata.google.internal http://x.local http://x.internal http://x.home.arpa http://unix:/var/run/docker.sock
http:\\\\127.0.0.1\\ http:/127.0.0.1/ http:127.0.0.1/ http:///127.0.0.1/ http:////127.0.0.1/`
  .trim()
  .split(/\s+/)

/** URLs rejected in every mode, each with its own message. */
export const invalidUrls = `
http://256.256.256.256/ http://4294967297 http://08.0.0.1 http://[1::2::3] http://[::1 http://[fe80::1%25eth0]
http://[fe80::1%eth0] //127.0.0.1/ http://exa%00mple.com http://127.0.0.1%00.example.com http://a%0d%0aX:y http://a.example:65536
http://a..b http://.example.com http://a.example:0 http://a.example:22 http://a.example:25 http://a.example:6379
http://a.example:5432 http://a.example:2375 file:///etc/passwd ftp://a.example gopher://a.example unix:/x http+unix://x
data:text/plain,x javascript:alert(1) ws://a.example jar:http://a.example!/ dict://a.example
http://example.com@127.0.0.1/ http://127.0.0.1@example.com/ https://u:p@example.com/ http://example.com:80@127.0.0.1:6379`
  .trim()
  .split(/\s+/)

/** The URL as entered, and the normalized URL that is stored, shown and used. */
export const allowedUrls = [
  ['http://1.2.3/', 'http://1.2.0.3/'],
  ['http://172.15.255.255', 'http://172.15.255.255/'],
  ['http://172.32.0.1', 'http://172.32.0.1/'],
  ['http://100.63.255.254', 'http://100.63.255.254/'],
  ['http://100.128.0.1', 'http://100.128.0.1/'],
  ['http://8.8.8.8', 'http://8.8.8.8/'],
  ['http://[2606:4700:4700::1111]', 'http://[2606:4700:4700::1111]/'],
  ['http://[2001:4860:4860::8888]', 'http://[2001:4860:4860::8888]/'],
  ['http://example.com\\@127.0.0.1/', 'http://example.com/@127.0.0.1/'],
  ['https://hooks.example.com:8443/a?b=c', 'https://hooks.example.com:8443/a?b=c'],
] as const

/** Public names that resolve to this machine: only a check at connection time detects them. */
export const rebindingNames = ['127.0.0.1.nip.io', '0x7f.0x0.0x0.0x1.nip.io', 'localtest.me'] as const
