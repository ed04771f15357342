/** The action `redirect`. */
export { createRedirect } from './redirect.ts';
