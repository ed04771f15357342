import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import { HeaderList } from '../wire/header-list.ts';
import { accessRecord, formatJson, formatText, formatTextWithFinding } from './access-log.ts';

/** An exchange that is over. */
function over(changes: Partial<TestExchange> = {}): TestExchange {
  const exchange = new TestExchange({ method: 'GET', target: '/a?secret=1', headers: { Cookie: 'sid=1' } });
  const now = performance.now();
  return Object.assign(exchange, {
    id: 'abc-1',
    clientAddress: '1.2.3.4',
    authority: 'a.test',
    status: 200,
    startedAt: now - 20,
    headSentAt: now - 10,
    bytesOut: 27,
    ...changes,
  });
}

const NOTE = {
  kind: 'actual',
  allowed: false,
  reason: 'origin-not-allowed',
  policy: 'partners',
  explanation: 'Add it.',
  report: '',
};

describe('an access record', () => {
  it('says what happened, and leaves out what did not', () => {
    const record = accessRecord(over());
    expect(Object.keys(JSON.parse(formatJson(record)) as object)).toEqual([
      'time',
      'id',
      'client',
      'method',
      'host',
      'path',
      'status',
      'duration',
      'head',
      'bytesIn',
      'bytesOut',
    ]);
    expect(record).toMatchObject({
      id: 'abc-1',
      client: '1.2.3.4',
      method: 'GET',
      host: 'a.test',
      path: '/a',
      status: 200,
    });
    expect(record.duration).toBeGreaterThanOrEqual(20);
    expect(record.head).toBeCloseTo(10, 1);
    expect(Date.parse(record.time)).toBeLessThanOrEqual(Date.now() - 20 + 1);
  });

  it('names route, upstream and problem when there are some', () => {
    const record = accessRecord(
      over({
        route: { label: 'users' },
        upstream: '127.0.0.1:8081',
        upstreamTime: 5,
        upstreamFailure: 'ECONNRESET',
        problem: 'upstream-reset',
        aborted: 'client-closed',
      }),
    );
    expect(record).toMatchObject({
      route: 'users',
      upstream: '127.0.0.1:8081',
      upstreamHead: 5,
      upstreamFailure: 'ECONNRESET',
      problem: 'upstream-reset',
      aborted: 'client-closed',
    });
  });

  it('holds no query, cookie or token in either format', () => {
    const exchange = over({ headers: HeaderList.of(['Authorization', 'Bearer t0ken'], ['Cookie', 'sid=s3cret']) });
    for (const format of [formatJson, formatText]) {
      expect(format(accessRecord(exchange))).not.toMatch(/secret|t0ken|s3cret/);
    }
  });

  it('tells of CORS only where an Origin was sent', () => {
    expect(accessRecord(over({ cors: { ...NOTE, kind: 'no-origin' } }))).toHaveProperty('cors', undefined);
    const headers = HeaderList.of(['Origin', 'https://evil.test']);
    expect(accessRecord(over({ headers, cors: NOTE })).cors).toEqual({
      origin: 'https://evil.test',
      policy: 'partners',
      kind: 'actual',
      allowed: false,
      reason: 'origin-not-allowed',
      explanation: 'Add it.',
    });
  });
});

it('has a refusal put into words once a record: it costs more than all the rest', () => {
  let asked = 0;
  const cors = {
    ...NOTE,
    get explanation() {
      return `Add it (${++asked}).`;
    },
  };
  const headers = HeaderList.of(['Origin', 'https://evil.test']);
  expect(accessRecord(over({ headers, cors })).cors?.explanation).toBe('Add it (1).');
  expect(asked).toBe(1);
});

describe('a line of the access log', () => {
  const record = accessRecord(
    over({
      route: { label: 'users' },
      upstream: '127.0.0.1:8081',
      headers: HeaderList.of(['Origin', 'https://e.test']),
      cors: NOTE,
    }),
  );

  it('is for people', () => {
    expect(formatText(record)).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} GET \/a 200 [\d.]+ms 27B users ← 127\.0\.0\.1:8081 id=abc-1 cors:partners actual refused\(origin-not-allowed\) origin=https:\/\/e\.test · Add it\.$/,
    );
  });

  it('or one JSON object', () => {
    expect(JSON.parse(formatJson(record))).toEqual(record);
  });

  it('stays one line and paints nothing, whatever strangers sent', () => {
    const nasty = 'x\r\n12:00:00 GET /forged\x1b[31m\x9b31m\x00\x7f';
    const forged = accessRecord(
      over({
        path: nasty,
        method: '',
        upstreamFailure: nasty,
        headers: HeaderList.of(['Origin', 'x\x9b31my']),
        cors: NOTE,
      }),
    );
    for (const format of [formatText, formatJson]) expect(format(forged)).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
    expect(JSON.parse(formatJson(forged))).toEqual(forged);
    expect(formatText(forged)).toContain('x\\x0d\\x0a12:00:00');
  });

  it('has dashes where nothing came', () => {
    expect(formatText(accessRecord(over({ method: '', path: '', status: 0 })))).toMatch(
      / - - - [\d.]+ms 27B \(no route\) /,
    );
  });
});

describe('a line with a finding', () => {
  const headers = HeaderList.of(['Origin', 'https://e.test']);
  const plain = accessRecord(over({ headers, cors: NOTE }));
  const finding = { code: 'doctor-x', message: 'It is so.\x1b', mend: 'Do it.' };

  it('ends with it, in the place of the explanation', () => {
    const placed = { ...finding, key: 'cors.a', place: 'a.yaml:1:2' };
    expect(formatTextWithFinding({ ...plain, finding: placed })).toMatch(
      / origin=https:\/\/e\.test · doctor-x: It is so\.\\x1b → a\.yaml:1:2 cors\.a: Do it\.$/,
    );
    expect(formatTextWithFinding({ ...plain, finding })).toMatch(/ · doctor-x: It is so\.\\x1b → Do it\.$/);
  });

  it('is as any other where there is none', () => {
    expect(formatTextWithFinding(plain)).toBe(formatText(plain));
  });
});
