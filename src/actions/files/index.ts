/** The action `files`. */
export { createFiles } from './files.ts';
