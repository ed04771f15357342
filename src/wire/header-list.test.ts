import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlikeNames } from './alike-names.ts';
import { Field, FieldBlock, HeaderList } from './header-list.ts';
import { RequestHead } from './http1/request-head.ts';
import { H, idOfName, NameSet } from './known-names.ts';

type Pair = readonly [name: string, value: string];

/** A list as a scanner makes it. */
function scanned(text: string): HeaderList {
  const head = new RequestHead();
  const whole = `GET / HTTP/1.0\r\n${text}\r\n`;
  const end = head.scan(Buffer.from(whole, 'latin1'), 0, whole.length, { requestLine: 1000, headerCount: 1000 });
  expect([end, head.reason]).toEqual([whole.length, '']);
  return head.headers;
}

/** What a list should do, as plainly as it can be written. */
class Model {
  lines: Pair[];
  /** Those that came with the message. */
  private readonly received: ReadonlySet<Pair>;

  constructor(lines: readonly Pair[]) {
    this.lines = [...lines];
    this.received = new Set(lines);
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  all(name: string): string[] {
    return this.lines.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
  }

  text(): string {
    return this.lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  remove(name: string): void {
    this.lines = this.lines.filter(([field]) => field.toLowerCase() !== name);
  }

  removeReceived(name: string): void {
    this.lines = this.lines.filter((line) => line[0].toLowerCase() !== name || !this.received.has(line));
  }

  removeAlike(...names: readonly string[]): void {
    this.lines = this.lines.filter(([field]) => !names.includes(field.toLowerCase().replaceAll('_', '-')));
  }
}

const NAMES = [
  'Vary',
  'VARY',
  'Host',
  'Set-Cookie',
  'X-A',
  'x-a',
  'X-B',
  'X_b',
  'Via',
  'ETag',
  '__proto__',
  'A',
  'Content-Length',
  'X-Block',
];
const name = fc.constantFrom(...NAMES.filter((each) => !['Host', 'Content-Length'].includes(each)));
const value = fc.constantFrom('', '1', 'a, b', '\xe9', 'x\ty', '__proto__');
const operation = fc.record({
  act: fc.constantFrom(
    'append',
    'appendField',
    'appendBlock',
    'set',
    'remove',
    'removeNames',
    'removeReceived',
    'removeAlike',
    'beginBlock',
  ),
  name,
  value,
  /** Questions change how the lines are kept: not after each step. */
  asks: fc.boolean(),
});

function expectAlike(list: HeaderList, model: Model): void {
  expect(list.pairs()).toEqual(model.lines);
  expect(list.size).toBe(model.lines.length);
  for (const key of new Set([...NAMES, 'absent'].map((each) => each.toLowerCase()))) {
    const all = model.all(key);
    expect(list.getAll(key)).toEqual(all);
    expect(list.get(key)).toBe(all[0]);
    expect(list.has(key)).toBe(all.length > 0);
    expect(list.getCombined(key)).toBe(all.length === 0 ? undefined : all.join(', '));
    const id = idOfName(key);
    if (id === 0) continue;
    expect(list.getById(id)).toBe(all[0]);
    expect(list.hasId(id)).toBe(all.length > 0);
    expect(list.countId(id)).toBe(all.length);
  }
}

describe('a header list', () => {
  it('is what an array of lines would be, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.array(operation, { maxLength: 12 }), (lines, operations) => {
        const list = scanned(lines.map(([field, text]) => `${field}: ${text}\r\n`).join(''));
        const model = new Model(lines);
        expectAlike(list, model);
        for (const { act, name: field, value: text, asks } of operations) {
          const key = field.toLowerCase();
          switch (act) {
            case 'append':
              list.append(field, text);
              model.lines.push([field, text]);
              break;
            case 'appendField':
              list.appendField(new Field(field, text));
              model.lines.push([field, text]);
              break;
            case 'appendBlock':
              list.appendBlock(new FieldBlock([new Field('X-Block', '1'), new Field(field, text)]));
              model.lines.push(['X-Block', '1'], [field, text]);
              break;
            case 'set':
              list.set(field, text);
              model.remove(key);
              model.lines.push([field, text]);
              break;
            case 'remove':
              list.remove(key);
              model.remove(key);
              break;
            case 'removeReceived':
              list.removeReceived(key);
              model.removeReceived(key);
              break;
            case 'removeAlike':
              list.removeAlike(new AlikeNames(['x-B', 'Via']));
              model.removeAlike('x-b', 'via');
              break;
            case 'removeNames':
              list.removeNames(new NameSet('vary', 'via'));
              model.remove('vary');
              model.remove('via');
              break;
            default:
              list.beginBlock();
              model.lines = [];
          }
          expect(list.serialize()).toBe(model.text());
          if (asks) expectAlike(list, model);
        }
        expectAlike(list, model);
        expect(list.serialize()).toBe(model.text());
      }),
      { numRuns: 300 },
    );
  });

  it('serialises untouched lines byte for byte, whatever was dropped around them', () => {
    const lines = ['a:1\r\n', 'Via: x \t\r\n', 'B:   2\r\n', 'Vary:\r\n', 'c:\t3 4\r\n', 'Via:y\r\n'];
    for (let dropped = 0; dropped < 8; dropped++) {
      const list = scanned(lines.join(''));
      const gone = ['via', 'vary', 'b'].filter((_, i) => (dropped & (1 << i)) !== 0);
      for (const each of gone) list.remove(each);
      const left = lines.filter((line) => !gone.includes(line.slice(0, line.indexOf(':')).toLowerCase()));
      expect(list.serialize()).toBe(left.join(''));
    }
  });

  it('compares names without regard to case, and nothing else', () => {
    const list = scanned('X_A: 1\r\nX-A@: 2\r\n'.replace('@', '^'));
    expect(list.get('x-a')).toBeUndefined();
    expect(list.get('x_a')).toBe('1');
    expect(list.get('x-a^')).toBe('2');
    // What is 0x20 apart without being letters: `^` and `~`.
    expect(list.get('x-a~')).toBeUndefined();
  });

  it('begins anew with each block, and forgets what was added before', () => {
    const list = HeaderList.of(['A', '1'], ['B', '2']);
    list.beginBlock();
    expect(list.pairs()).toEqual([]);
    expect(list.serialize()).toBe('');
  });
});

describe('a field of ours', () => {
  const bad: readonly Pair[] = [
    ['', 'x'],
    ['a b', 'x'],
    ['a:', 'x'],
    ['a\r\n', 'x'],
    ['\xe9', 'x'],
    ['a', 'x\r\ny: z'],
    ['a', 'x\n'],
    ['a', 'x\0'],
    ['a', ' x'],
    ['a', 'x '],
    ['a', '\tx'],
    ['a', 'x\x7f'],
    ['a', '\u0100'],
    ['a', '\u{1f600}'],
  ];
  it.each(bad)('refuses what could break out of its line: %j %j', (field, text) => {
    expect(() => new Field(field, text)).toThrow(TypeError);
    expect(() => HeaderList.of([field, text])).toThrow(TypeError);
  });

  it('is written as it goes onto the wire', () => {
    expect(new Field('X-A', 'b c').line).toBe('X-A: b c\r\n');
    expect(new Field('X-A', '').line).toBe('X-A: \r\n');
    expect(new Field('vArY', 'x').id).toBe(H.vary);
  });
});
