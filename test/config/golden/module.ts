import { defineConfig } from '../../../src/config/index.ts';

export default defineConfig({
  listen: 8080,
  routes: [
    { path: '/api/*', proxy: 'users' },
    // @ts-expect-error a typo that an editor would show
    { path: '/*', fils: './dist' },
  ],
});
