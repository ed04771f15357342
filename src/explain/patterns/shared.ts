import { wordings, type MessagePattern } from '../pattern.ts';

const { cause, context, tail } = wordings('any');

/** What more than one engine prints, and what the page's script gets to know. */
export const sharedPatterns: readonly MessagePattern[] = [
  tail('Status code: {status}'),

  // WebKit prints no more than this for mode `same-origin`; old Chromiums went on with a cause.
  context('Fetch API cannot load {url}', { code: 'same-origin-mode', alone: 'webkit' }),

  cause('fetch-rejected', 'TypeError: Failed to fetch'),
  cause('fetch-rejected', 'TypeError: NetworkError when attempting to fetch resource.'),
  cause('fetch-rejected', 'NetworkError when attempting to fetch resource.'),
  cause('fetch-rejected', 'TypeError: Load failed'),
  cause('fetch-rejected', 'AxiosError: Network Error'),
  cause('fetch-rejected', 'Error: Network Error'),
  cause('fetch-rejected', 'Failed to fetch'),
];
