import { describe, expect, it } from 'vitest';
import { addressKind, mayConnect, parsePrivateEntry, type AddressKind } from './address.ts';

/** Addresses by what they lead to, separated by space: the first, the last and some in between of each range. */
const TABLE: Readonly<Record<AddressKind, string>> = {
  public: `1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255
    128.0.0.0 140.82.121.6 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
    191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255
    198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 192.88.98.255 192.88.100.0
    2000::1 2001:200::1 2001:4860:4860::8888 2001:db7:ffff::1 2001:db9:: 2003::1 2400:cb00::1 2606:4700:4700::1111
    2606:4700::6810:84e5 2620:fe::fe 2a00:1450:4001:81b::200e 3ffe:ffff::1 3fff:1000::1
    2606:4700::127.0.0.1 2606:4700:0:0:0:ffff:7f00:1`,
  unspecified: `0.0.0.0 0.0.0.1 0.1.2.3 0.255.255.255 :: 0:0:0:0:0:0:0:0 0::0 ::0.0.0.0 0 0x0`,
  loopback: `127.0.0.0 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.255.255.254 127.255.255.255 ::1 0:0:0:0:0:0:0:1
    0000:0000:0000:0000:0000:0000:0000:0001 ::0001 ::0.0.0.1 2130706433 0x7f000001 017700000001 0x7f.1 127.1 127.0.1
    0177.0.0.1 0x7f.0.0.1 127.0.0.01 0177.0.0.01 0x7F.0x0.0x0.0x1 ::1%lo 127.0.0.1%lo`,
  private: `10.0.0.0 10.0.0.1 10.1.2.3 10.255.255.255 172.16.0.0 172.16.0.1 172.20.10.5 172.31.255.255 192.168.0.0
    192.168.0.1 192.168.178.1 192.168.255.255 167772161 0xa.1 10.1 0xc0a80001 192.168.257 fc00:: fc00::1 fd00::1
    fd12:3456:789a:1::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0:: fec0::1 fec0::ffff
    feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff FD00::1 fc00::1%eth0`,
  shared: `100.64.0.0 100.64.0.1 100.100.100.199 100.100.100.201 100.127.255.255 1681915905`,
  'link-local': `169.254.0.0 169.254.0.1 169.254.169.253 169.254.169.255 169.254.255.255 fe80:: fe80::1 fe80::1%eth0
    fe80::1%1 FE80::1%25eth0 fe80::5efe:10.0.0.1 febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff`,
  metadata: `169.254.169.254 169.254.170.2 169.254.170.23 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254
    fd00:ec2::23 fd20:ce::254 fd00:0ec2:0:0:0:0:0:254 FD00:EC2::254 2852039166 0xa9fea9fe 0xA9.0xFE.0xA9.0xFE
    0251.0376.0251.0376 169.254.43518 2822734096 fd00:ec2::254%eth0`,
  multicast: `224.0.0.0 224.0.0.1 224.0.0.251 232.1.2.3 239.255.255.255 255.255.255.255 4294967295 0xffffffff ff00::
    ff02::1 ff02::fb ff05::2 ff0e::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff`,
  embedded: `::ffff:127.0.0.1 ::ffff:7f00:1 0:0:0:0:0:ffff:7f00:1 ::FFFF:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe
    ::ffff:8.8.8.8 ::ffff:0.0.0.0 ::127.0.0.1 ::7f00:1 ::10.0.0.1 ::8.8.8.8 ::1:0 ::ffff:ffff ::ffff:0:127.0.0.1
    ::ffff:0:a00:1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b::8.8.8.8 64:ff9b::a9fe:a9fe 64:ff9b::
    64:ff9b:1::1 64:ff9b:1:ffff:ffff:ffff:ffff:ffff 64:ff9b:1:a00:0:100:: 2002:: 2002:7f00:1:: 2002:a00:1::1
    2002:a9fe:a9fe:: 2002:808:808::1 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff 2001:: 2001::1 2001:0:4136:e378::
    2001:0:4136:e378:8000:63bf:80ff:fffe 2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2606:4700::5efe:10.0.0.1
    2606:4700::200:5efe:7f00:1 ::ffff:127.0.0.1%eth0`,
  reserved: `192.0.0.0 192.0.0.1 192.0.0.9 192.0.0.170 192.0.0.255 192.0.2.0 192.0.2.1 192.0.2.255 192.31.196.1
    192.52.193.1 192.88.99.0 192.88.99.1 192.88.99.255 192.175.48.1 198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.0
    198.51.100.7 198.51.100.255 203.0.113.0 203.0.113.9 203.0.113.255 240.0.0.0 240.0.0.1 255.255.255.254 4026531840
    100:: 100::1 100:0:0:1::1 2001:1::1 2001:2::1 2001:3::1 2001:4:112::1 2001:5::1 2001:10::1 2001:20::1 2001:30::1
    2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
    2620:4f:8000::1 3fff:: 3fff::1 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 5f00::1 1:: 64:ff9a::1 64:ff9b:2::1 200::1
    400::1 1000::1 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 4000:: 4000::1 8000::1 c000::1 e000::1 f000::1 fa00::1
    fe00::1 fe7f::1 0:0:0:1::1 0:0:1::1 0:0:0:0:1::1 0:0:0:0:0:1:1:1 ::fffe:127.0.0.1 ::ffff:1:7f00:1 2001:5:0::1`,
  invalid: `localhost example.com 1.2.3 16843009 0x8.0x8.0x8.0x8 010.0.0.1 8.8.8.08 08.8.8.8 08 256.1.1.1 1.1.1.256
    1.2.3.4.5 1.2.3.4. .1.2.3.4 1..2.3 -1 +1.1.1.1 1.1.1.1/8 1.1.1.1:80 [::1] [2606:4700::1] 2606:4700::1/64 ::1::
    ::: : 1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 12345::1 ::g 2606:4700::1%eth0 8.8.8.8%eth0 ::ffff:127.0.0.256
    ::ffff:127.0.1 ::ffff:0x7f.0.0.1 ::ffff:1.2.3.04 1.2.3.4::1 １２７.０.０.１ 127。0。0。1 ①②⑦.⓪.⓪.① ٨.٨.٨.٨ 0x 4294967296
    1.2.65536 1.16777216 99999999999 0x100000000 %eth0`,
};

const rows = Object.entries(TABLE).flatMap(([kind, text]) => text.split(/\s+/).map((ip) => [ip, kind] as const));

describe('the kind of an address', () => {
  it('is held by a table of all classes', () => expect(rows.length).toBeGreaterThan(150));

  it.each(rows)('%s: %s', (ip, kind) => {
    expect(addressKind(ip)).toBe(kind);
    expect(mayConnect(ip, ip, [])).toBe(kind === 'public');
    expect(mayConnect(ip, 'api.example.com', ['other.example.com', '192.0.3.1', '::5/128'])).toBe(kind === 'public');
  });

  it.each(['', ' ', ' 8.8.8.8', '8.8.8.8 ', '8.8.8.8\n', '8.8.8.8\0', '1.1.1.1 127.0.0.1'])('invalid: %j', (ip) =>
    expect(addressKind(ip)).toBe('invalid'),
  );

  it('says the same of every notation of an IPv6 address', () => {
    for (const text of ['2001:DB8::1', '2001:0db8:0:0:0:0:0:1', '2001:db8:0::0:1', '2001:db8::0.0.0.1']) {
      expect(addressKind(text)).toBe('reserved');
    }
  });
});

describe('what is not public', () => {
  it.each([
    ['10.1.2.3', 'api', ['10.1.2.3']],
    ['10.1.2.3', 'api', ['10.1.2.0/24']],
    ['10.1.2.3', 'api', ['192.168.0.0/16', '10.1.2.99/24']],
    ['127.0.0.1', '127.0.0.1', ['127.0.0.1/32']],
    ['127.0.0.1', 'localhost', ['localhost']],
    ['::1', 'localhost', ['localhost']],
    ['10.1.2.3', 'intranet.example.com', ['intranet.example.com']],
    ['10.1.2.3', 'intranet.example.com', ['INTRANET.example.com.']],
    ['fd12::1', 'a.b.corp.example.com', ['*.corp.example.com']],
    ['100.64.1.2', 'ts.example.com', ['ts.example.com']],
    ['fd12::1', 'x', ['fd12::/16']],
    ['fe80::1', 'x', ['fe80::/10']],
    ['169.254.1.1', 'x', ['169.254.0.0/16']],
    ['169.254.169.254', '169.254.169.254', ['169.254.169.254']],
    ['168.63.129.16', 'x', ['168.63.129.16/32']],
    ['fd00:ec2::254', 'x', ['FD00:EC2:0::254']],
    ['192.0.2.1', 'x', ['192.0.2.0/24']],
    ['64:ff9b::808:808', 'x', ['64:ff9b::/96']],
    ['64:ff9b::a00:1', 'x', ['64:ff9b::/96', '10.0.0.0/8']],
    ['::ffff:10.0.0.1', 'x', ['::ffff:10.0.0.1', '10.0.0.1']],
  ])('%s of %s is open with %j', (ip, host, allowed) => {
    expect(mayConnect(ip, host, [])).toBe(false);
    expect(mayConnect(ip, host, allowed)).toBe(true);
  });

  it.each([
    ['10.1.2.4', 'api', ['10.1.2.3']],
    ['10.1.3.0', 'api', ['10.1.2.0/24']],
    ['10.1.2.3', 'evil.example', ['intranet.example.com']],
    ['10.1.2.3', 'evilintranet.example.com', ['intranet.example.com', '*.intranet.example.com']],
    ['10.1.2.3', 'intranet.example.com.evil.example', ['intranet.example.com', '*.example.com']],
    ['10.1.2.3', 'corp.example.com', ['*.corp.example.com']],
    ['10.1.2.3', 'x', ['::/0', 'fc00::/7']],
    ['fd12::1', 'x', ['0.0.0.0/0']],
    // A name is trusted to stay inside, not to lead to what no API is at.
    ['169.254.169.254', 'intranet.example.com', ['intranet.example.com']],
    ['169.254.1.1', 'intranet.example.com', ['intranet.example.com']],
    ['0.0.0.0', 'intranet.example.com', ['intranet.example.com']],
    ['224.0.0.1', 'intranet.example.com', ['intranet.example.com']],
    ['::ffff:10.0.0.1', 'intranet.example.com', ['intranet.example.com']],
    // Metadata is never opened by the way.
    ['169.254.169.254', 'x', ['169.254.0.0/16', '0.0.0.0/0', '169.254.169.254/31']],
    ['100.100.100.200', 'x', ['100.64.0.0/10']],
    ['168.63.129.16', 'x', ['168.63.0.0/16']],
    ['fd00:ec2::254', 'x', ['fd00::/8', '::/0']],
    // Nor is what lies behind a translator.
    ['64:ff9b::a00:1', 'x', ['64:ff9b::/96']],
    ['64:ff9b::a9fe:a9fe', 'x', ['64:ff9b::/96', '169.254.0.0/16']],
    ['64:ff9b::a00:1', 'x', ['64:ff9b::a00:1']],
    ['2002:a00:1::', 'x', ['2002::/16']],
    ['2001:0:808:808:0:0:f5ff:fffe', 'x', ['2001::/32']],
    ['2001:0:a00:1:0:0:f7f7:f7f7', 'x', ['2001::/32']],
    ['::ffff:7f00:1', 'x', ['::/0', '::ffff:0:0/96']],
    ['::ffff:0:7f00:1', 'x', ['::/0']],
    ['::7f00:1', 'x', ['::/0']],
    ['10.0.0.1', 'x', ['::ffff:10.0.0.1', '::ffff:0:0/96']],
    ['::ffff:10.0.0.1', 'x', ['10.0.0.1']],
    // What only some programs take for an address isn't vetted by what it may mean.
    ['2130706433', 'x', ['127.0.0.1']],
    ['127.1', '127.1', ['127.0.0.1', '127.1']],
    ['010.0.0.1', 'x', ['0.0.0.0/0']],
    ['fe80::1%eth0', 'x', ['fe80::/10', 'fe80::1']],
    ['localhost', 'localhost', ['localhost']],
    ['', '', ['', '*', '*.', '.', '/', '/0', '0.0.0.0/0']],
    ['10.1.2.3', 'x', ['10.1.2.3/33', '10.1.2.0/', '10.1.2', '10.1.2.*', '10.0.0.0/-8', '10.0.0.0/8/8', '*', '*.x']],
    ['10.1.2.3', 'api.com', ['*', '*.*.com', 'com', 'pi.com', '*pi.com']],
  ])('%s of %s stays closed with %j', (ip, host, allowed) => {
    expect(mayConnect(ip, host, allowed)).toBe(false);
  });
});

describe('an entry of allowPrivate', () => {
  it.each([
    '10.1.2.3',
    '10.0.0.0/8',
    'fd12::1',
    'fd12::/32',
    'intranet',
    'a-b.example.com',
    '*.corp.example.com',
    '_a.b',
  ])('may be %s', (entry) => expect(parsePrivateEntry(entry)).toBeDefined());

  it.each([
    '',
    '*',
    '*.',
    '*.*.example.com',
    'a.*.com',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '0x7f.1',
    '10.0.0.0/33',
    'fd12::/129',
    '10.0.0.0/8/8',
    'example.com/8',
    'http://intranet',
    'intranet:8080',
    '[::1]',
    'fe80::1%eth0',
    'bücher.example',
    '-a.example',
    'a..b',
    `${'a'.repeat(64)}.example`,
  ])('may not be %j', (entry) => expect(parsePrivateEntry(entry)).toBeUndefined());
});
