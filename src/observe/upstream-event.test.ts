import { expect, it } from 'vitest';
import { formatUpstreamEvent } from './upstream-event.ts';

const EVENT = {
  event: 'server-down',
  upstream: 'api',
  server: '10.0.0.1:80',
  reason: 'health check: ECONNREFUSED',
} as const;

it('is a line for people, with the server or without', () => {
  expect(formatUpstreamEvent(EVENT, { format: 'text' })).toBe(
    'warning upstream api: server 10.0.0.1:80 is down: health check: ECONNREFUSED',
  );
  const circuit = { ...EVENT, event: 'circuit-closed', server: undefined, reason: 'all is well' } as const;
  expect(formatUpstreamEvent(circuit, { format: 'text' })).toBe('info upstream api is well again: all is well');
});

it('or one JSON object', () => {
  expect(JSON.parse(formatUpstreamEvent(EVENT, { format: 'json' }))).toEqual({
    time: expect.any(String),
    level: 'warning',
    message: 'upstream api: server 10.0.0.1:80 is down: health check: ECONNREFUSED',
    ...EVENT,
  });
});

it('stays one line and paints nothing, whatever a server says', () => {
  const nasty = { ...EVENT, reason: 'x\r\nforged\x1b[31m\x9b31m\x00' };
  for (const format of ['text', 'json'] as const) {
    expect(formatUpstreamEvent(nasty, { format })).not.toMatch(/[\0-\x1f\x7f-\x9f]/);
  }
  expect(JSON.parse(formatUpstreamEvent(nasty, { format: 'json' }))).toMatchObject(nasty);
});
