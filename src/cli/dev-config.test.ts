import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../config/index.ts';
import { devConfig, parseMappings } from './dev-config.ts';

describe('a mapping', () => {
  it.each([
    ['/=http://localhost:5173', '/', 'http://localhost:5173'],
    ['/=5173', '/', 'http://localhost:5173'],
    ['/api=:8000', '/api', 'http://localhost:8000'],
    ['/api/=localhost:8000', '/api', 'http://localhost:8000'],
    ['/a/b=https://api.example.com/base/', '/a/b', 'https://api.example.com/base'],
    ['=5173', '/', 'http://localhost:5173'],
    ['/v1=http://[::1]:8000', '/v1', 'http://[::1]:8000'],
  ])('%s', (text, prefix, target) => {
    expect(parseMappings([text])).toEqual([{ prefix, target }]);
  });

  it.each([
    '/',
    'api=1',
    '/a b=1',
    '/:id=1',
    '/*=1',
    '/a/../b=1',
    '/a//b=1',
    '/=',
    '/=ws://x',
    '/=http://x?y=1',
    '/=99 9',
  ])('%s is none', (text) => {
    expect(parseMappings([text])).toMatchObject({ problems: [{ code: 'cli-mapping-invalid' }] });
  });
});

describe('the config behind dev', () => {
  const mappings = parseMappings(['/=5173', '/api=8000', '/api/v2=https://api.example.com']);
  if ('problems' in mappings) throw new Error('unreachable');
  const result = resolveConfig(devConfig(mappings, '127.0.0.1:8080'));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const { model } = result;

  it('lets the longest prefix of whole segments win', () => {
    const label = (path: string): string | undefined =>
      model.table.match('localhost', path, 'GET', { get: () => undefined })?.route.label;
    expect(label('/api/users')).toBe('/api/*');
    expect(label('/api')).toBe('/api/*');
    expect(label('/api/v2/users')).toBe('/api/v2/*');
    expect(label('/apis')).toBe('/*');
    expect(label('/')).toBe('/*');
  });

  it('explains refusals, and keeps the Host for servers on this machine only', () => {
    expect(model.explain).toBe(true);
    expect(model.routes.map(({ action }) => action.kind === 'proxy' && action.host)).toEqual([
      'keep',
      'keep',
      'upstream',
    ]);
  });
});
