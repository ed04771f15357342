import * as z from 'zod';
import { oneOrMore } from '../../config/schema/fields.ts';

/** What a route with `files` understands, beside `stripPrefix`. */
export interface FilesRouteOptions {
  /** Serve the files of this folder. A relative path begins at the config file's folder. */
  readonly files?: string;
  /** The file served to a navigation that matches none: `/index.html` for a single-page application. Default: none. */
  readonly fallback?: string;
  /** Files served for a folder, the first that exists. Default: `index.html`. */
  readonly index?: string | readonly string[];
}

/** Fields of `FilesRouteOptions`. */
export const filesRouteFields = {
  files: z.string().exactOptional(),
  fallback: z.string().exactOptional(),
  index: oneOrMore.exactOptional(),
};
