import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { relayLines } from './relay-lines.ts';

/** Two sources that write to one target, and what each write to it held. */
function relay(): { a: PassThrough; b: PassThrough; writes: string[] } {
  const [a, b] = [new PassThrough(), new PassThrough()];
  const writes: string[] = [];
  const target = { write: (data: Uint8Array) => writes.push(Buffer.from(data).toString()) };
  relayLines(a, target);
  relayLines(b, target);
  return { a, b, writes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lines that are relayed', () => {
  it('are whole, in whatever pieces they come', async () => {
    const { a, b, writes } = relay();
    for (const [source, text] of [
      [a, 'one\ntw'],
      [b, 'eins\nzw'],
      [a, 'o th'],
      [b, 'ei\n'],
      [a, 'ree\n'],
    ] as const) {
      source.write(text);
      await turn();
    }
    expect(writes).toEqual(['one\n', 'eins\n', 'zwei\n', 'two three\n']);
  });

  it('keep characters whole that come in two pieces', async () => {
    const { a, writes } = relay();
    const bytes = Buffer.from('→\n');
    a.write(bytes.subarray(0, 1));
    await turn();
    a.write(bytes.subarray(1));
    await turn();
    expect(writes).toEqual(['→\n']);
  });

  it('end with what was begun', async () => {
    const { a, writes } = relay();
    a.end('cut');
    await once(a, 'end');
    expect(writes).toEqual(['cut\n']);
  });

  it('wait for a slow reader instead of filling the memory', async () => {
    const source = new PassThrough();
    let writes = 0;
    let read: (() => void) | undefined;
    relayLines(source, {
      writableLength: 2 * 1024 * 1024,
      write: (_data, done) => {
        writes++;
        read = done;
      },
    });
    source.write('a\n');
    await turn();
    source.write('b\n');
    await turn();
    expect([writes, source.isPaused()]).toEqual([1, true]);
    read?.();
    await turn();
    expect(writes).toBe(2);
  });
});
