/** The action `respond`. */
export { createRespond } from './respond.ts';
