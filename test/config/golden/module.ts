import { defineConfig } from 'oneorigin';

export default defineConfig({
  listen: 8080,
  routes: [
    { path: '/api/*', proxy: 'users' },
    // @ts-expect-error a typo that an editor would show
    { path: '/*', fils: './dist' },
  ],
});
