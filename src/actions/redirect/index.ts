/** The action `redirect`. */
export { createRedirect } from './redirect.ts';
export { locator } from './location.ts';
