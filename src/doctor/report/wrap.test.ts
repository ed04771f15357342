import { describe, expect, it } from 'vitest';
import { breakLine, shorten, spreadCommand, WIDTH, wrapCommand } from './wrap.ts';

describe('a text that is too long', () => {
  it('gives way in its middle, to the letter', () => {
    expect(shorten('/api/users', 10)).toBe('/api/users');
    expect(shorten('/api/users/17/orders', 10)).toBe('/api/u…ers');
    for (const width of [1, 2, 3, 4, 79.5]) expect(shorten('x'.repeat(200), width)).toHaveLength(Math.floor(width));
  });

  it('is broken between words, or anywhere in one that is longer than a line', () => {
    const words = `    < Allow: ${Array.from({ length: 30 }, (_, index) => `x-${index}`).join(', ')}`;
    const long = `    < Location: https://a.example/${'x'.repeat(300)}`;
    for (const line of [words, long, '', 'short', 'x'.repeat(WIDTH + 1)]) {
      const broken = breakLine(line, '        ');
      expect(broken.filter((each) => each.length > WIDTH)).toEqual([]);
      expect(
        broken
          .map((each) => each.trim())
          .join('')
          .replaceAll(' ', ''),
      ).toBe(line.replaceAll(' ', ''));
    }
    expect(breakLine(words, '        ').every((each) => /[,\d]$/.test(each))).toBe(true);
  });
});

it('a command is the same over several lines', () => {
  const command = `curl -i -X OPTIONS 'https://a.example/${'x'.repeat(90)}' -H 'Origin: null' -H "X: $X" --data "$BODY"`;
  expect(spreadCommand(command).replaceAll(' \\\n  ', ' ')).toBe(command);
  expect(
    wrapCommand(command, '')
      .join('\n')
      .replaceAll(/ \\\n */g, ' '),
  ).toBe(command);
});
