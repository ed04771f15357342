export { createGuard, type GuardParts } from './guard.ts';
