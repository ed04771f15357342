import { describe, expect, it } from 'vitest';
import { Redaction } from './redaction.ts';

const redaction = new Redaction(['email', 'x-customer']);

describe('what is logged', () => {
  it.each([
    ['?page=2&sort=name', '?page=2&sort=name'],
    ['?token=abc', '?token=***'],
    ['?a=1&access_token=abc&b=2', '?a=1&access_token=***&b=2'],
    ['?api%5Fkey=abc', '?api%5Fkey=***'],
    ['?X-Amz-Signature=abc&x=%zz', '?X-Amz-Signature=***&x=%zz'],
    ['?EMAIL=a@b.test', '?EMAIL=***'],
    ['?token', '?token'],
    ['?token=a=b&c', '?token=***&c'],
    ['?', '?'],
    ['', ''],
  ])('has no secret in the query %s', (query, logged) => {
    expect(redaction.query(query)).toBe(logged);
  });

  it.each([
    ['cookie', 'sid=1', '***'],
    ['authorization', 'Bearer x', '***'],
    ['x-api-key', 'x', '***'],
    ['x-customer', '4711', '***'],
    ['user-agent', 'curl/8', 'curl/8'],
  ])('has no secret in the header %s', (name, value, logged) => {
    expect(redaction.header(name, value)).toBe(logged);
  });

  it('has no query and no password of an address', () => {
    expect(redaction.address('https://me:pw@app.test/a?token=1#x')).toBe('https://***@app.test/a');
    expect(redaction.address('https://app.test/a@b')).toBe('https://app.test/a@b');
  });
});
