import { page } from './stage.mjs';

page(5173, ({ say }) => {
  for (const url of [
    'http://localhost:5173/cart?item=7',
    'http://LOCALHOST:5173/',
    'http://localhost:8000/',
    'https://localhost:5173/',
    'http://127.0.0.1:5173/',
    'http://shop.localhost:5173/',
  ]) {
    say(new URL(url).origin === location.origin ? 'same ' : 'other', url);
  }
  say(new URL('https://Example.com:443/a/b?c').origin);
});
