import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemCatalogue } from '../../../src/diagnostics/catalogue/problems.ts';
import { GOOD, ORIGIN, setStage, type Stage } from './stage.ts';
import { readVectors, type Vector } from './table.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** Sends a vector over a connection of its own. */
async function play(
  vector: Vector,
): Promise<{ readonly status: number; readonly code: string; readonly text: string }> {
  stage.location = vector.location ?? '';
  stage.reached.length = 0;
  const fields = { Host: 'gateway.test', Origin: ORIGIN, ...vector.headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const client = await stage.gateway.connect();
  client.send(`${vector.method ?? 'GET'} ${vector.target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const { status, problem, head, body } = await client.answer(vector.method);
  client.socket.destroy();
  return { status, code: problem, text: head.text + body.text };
}

const { vectors } = readVectors({});

describe('the table of vectors', () => {
  it('has each once, and only problems that there are', () => {
    expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
    expect(new Set(vectors.map((vector) => JSON.stringify({ ...vector, id: '' }))).size).toBe(vectors.length);
    for (const { id, status, code, reaches } of vectors) {
      const kind: { readonly status: number } | undefined = problemCatalogue[code as keyof typeof problemCatalogue];
      expect([id, kind?.status ?? 200]).toEqual([id, status]);
      expect([id, reaches === undefined]).toEqual([id, code !== undefined]);
    }
  });
});

describe('a request that is to lead the gateway astray', () => {
  it.each(vectors.map(({ id }) => id))('%s', async (id) => {
    const vector = stage.vectors.find((each) => each.id === id) as Vector;
    const before = stage.watch.attempts.length;
    const { status, code, text } = await play(vector);
    expect([status, code]).toEqual([vector.status, vector.code ?? '']);
    expect(text).not.toContain('canary');
    if (vector.reaches === undefined) {
      // What a name stands for inside is nobody's business.
      if (!vector.target.includes('127.0.0.1')) expect(text).not.toMatch(/127\.0\.0\.1|::1|10\.0\.0\.1/);
      if (!/to\/\d|hop|gateway/.test(vector.target)) expect(stage.reached).toEqual([]);
    } else {
      expect(stage.reached.at(-1)).toEqual(vector.reaches);
    }
    const allowed = new Set([`${GOOD} ${stage.canary.port}`, `${GOOD} ${stage.gateway.ports[1]}`]);
    const attempts = stage.watch.attempts.slice(before);
    expect(attempts.filter((attempt) => !allowed.has(attempt))).toEqual([]);
  });
});

describe('the addresses that nobody may be led to', () => {
  it('have not seen a connection, nor has one been tried', () => {
    expect(stage.canary.seen).toEqual([]);
    expect(stage.watch.attempts.filter((attempt) => !attempt.startsWith(`${GOOD} `))).toEqual([]);
    // The watch does see what it's there for.
    expect(stage.watch.attempts.length).toBeGreaterThan(0);
  });
});
