import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import { resolveConfig, type LogOptions } from '../config/index.ts';
import { accessLines } from './access-lines.ts';
import { accessRecord } from './access-log.ts';

function logged(log: LogOptions, changes: Partial<TestExchange> = {}, explains = false): string | undefined {
  const result = resolveConfig({ log, routes: [{ respond: 204 }] });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const exchange = new TestExchange({
    method: 'GET',
    target: '/a?token=1&page=2',
    headers: {
      'User-Agent': 'Mozilla/5.0 "x"',
      Referer: 'https://app.test/page?secret=1',
      Cookie: 'sid=1',
      'X-Customer': '4711',
    },
  });
  Object.assign(exchange, {
    id: 'a-1',
    clientAddress: '1.2.3.4',
    status: 200,
    startedAt: performance.now(),
    bytesOut: 27,
  });
  Object.assign(exchange, changes);
  return accessLines(result.model.log, explains)(exchange, accessRecord(exchange));
}

describe('a line of the access log', () => {
  it('holds the query if the config says so, without secrets', () => {
    expect(logged({})).toContain(' GET /a 200 ');
    expect(logged({ query: true })).toContain(' GET /a?token=***&page=2 200 ');
    expect(JSON.parse(logged({ query: true, format: 'json' }) ?? '')).toMatchObject({
      path: '/a',
      query: '?token=***&page=2',
    });
    expect(logged({ query: true }, {}, true)).toContain('?token=***');
  });

  it('holds the headers that the config names, in JSON, without secrets', () => {
    const headers = ['User-Agent', 'cookie', 'x-customer', 'x-none'];
    const line = logged({ format: 'json', headers, redact: ['X-Customer'] });
    expect((JSON.parse(line ?? '') as { headers: unknown }).headers).toEqual({
      'user-agent': 'Mozilla/5.0 "x"',
      cookie: '***',
      'x-customer': '***',
    });
  });

  it('is combined as nginx and Apache write it', () => {
    expect(logged({ format: 'combined' })).toMatch(
      /^1\.2\.3\.4 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/a HTTP\/1\.1" 200 27 "https:\/\/app\.test\/page" "Mozilla\/5\.0 \\x22x\\x22"$/,
    );
    expect(logged({ format: 'combined', query: true })).toContain('"GET /a?token=***&page=2 HTTP/1.1"');
    const nasty = logged({ format: 'combined' }, { path: '/"\r\nforged\\', method: 'GET' });
    expect(nasty).toContain('"GET /\\x22\\x0D\\x0Aforged\\x5C HTTP/1.1"');
    expect(logged({ format: 'combined' }, { method: '', path: '', status: 0 })).toMatch(/ "-" - 27 /);
  });

  it('is combined so that a program which reads such lines does', () => {
    // What everybody's regex for it is, of Python's documentation on logs and of Logstash's COMBINEDAPACHELOG alike.
    const program = `
import re, sys, json
m = re.match(r'(?P<host>\\S+) (?P<ident>\\S+) (?P<user>\\S+) \\[(?P<time>[^\\]]+)\\] "(?P<request>(?:[^"\\\\]|\\\\.)*)" (?P<status>\\d{3}|-) (?P<bytes>\\d+|-) "(?P<referer>(?:[^"\\\\]|\\\\.)*)" "(?P<agent>(?:[^"\\\\]|\\\\.)*)"$', sys.stdin.read())
import datetime
d = m.groupdict(); datetime.datetime.strptime(d['time'], '%d/%b/%Y:%H:%M:%S %z'); print(json.dumps(d))`;
    const output = execFileSync('python3', ['-c', program], { input: logged({ format: 'combined' }) ?? '' });
    expect(JSON.parse(output.toString())).toMatchObject({ host: '1.2.3.4', status: '200', request: 'GET /a HTTP/1.1' });
  });

  it('is written for a share of what went well, and for all that went wrong', () => {
    const lines = (changes: Partial<TestExchange>): number =>
      Array.from({ length: 2000 }, () => logged({ sample: 0.25 }, changes)).filter((line) => line !== undefined).length;
    const well = lines({});
    // Six standard deviations.
    expect(Math.abs(well - 500)).toBeLessThan(6 * Math.sqrt(2000 * 0.25 * 0.75));
    expect(lines({ status: 502 })).toBe(2000);
    expect(lines({ problem: 'no-route', status: 404 })).toBe(2000);
    expect(lines({ aborted: 'client-closed' })).toBe(2000);
    expect(logged({ sample: 0 })).toBeUndefined();
  });
});
