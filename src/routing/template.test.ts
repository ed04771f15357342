import { describe, expect, it } from 'vitest';
import { fillTemplate, parseTemplate, templateNames } from './template.ts';

const fill = (template: string, params: Record<string, string> = {}, query = ''): string =>
  fillTemplate(parseTemplate(template), params, query);

describe('a template', () => {
  it('is filled in with parameters, the wildcard and the query', () => {
    expect(fill('/new/:id/x/*{query}', { id: '5', '*': 'a/b' }, '?q=1')).toBe('/new/5/x/a/b?q=1');
    expect(fill('https://example.com:8443/*', { '*': 'a' })).toBe('https://example.com:8443/a');
    expect(fill('/a', { id: '5' })).toBe('/a');
    expect(fill('/:missing/x')).toBe('/x');
  });

  it('takes a colon for a parameter only where a segment begins', () => {
    expect(templateNames(parseTemplate('https://h:80/a:b/:c'))).toEqual(['c']);
    expect(templateNames(parseTemplate('/:a/:b_2/*'))).toEqual(['a', 'b_2', '*']);
    expect(parseTemplate('')).toEqual([]);
  });

  it('never becomes a reference to another host', () => {
    expect(fill('/*', { '*': '/evil.example/x' })).toBe('/evil.example/x');
    expect(fill('/*', { '*': '\\evil.example' })).toBe('/evil.example');
    expect(fill('/:a/x', { a: '' })).toBe('/x');
  });

  it('leaves what is filled in as it is', () => {
    expect(fill('/x/:id', { id: ':id{query}*' }, '?a')).toBe('/x/:id{query}*');
  });
});
