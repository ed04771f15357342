import { METHODS as NODE_METHODS, STATUS_CODES } from 'node:http';
import { expect, it } from 'vitest';
import { METHODS } from './methods.ts';
import { REASON_PHRASES } from './reason-phrases.ts';

it('lets in the methods that Node does', () => {
  expect(METHODS.toSorted()).toEqual(NODE_METHODS.toSorted());
});

it('words statuses as Node does', () => {
  expect(REASON_PHRASES).toEqual(STATUS_CODES);
});
