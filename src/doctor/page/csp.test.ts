import { describe, expect, it } from 'vitest';
import { cspRefusal } from './csp.ts';

const PAGE = 'https://app.example.com/';
const API = 'https://api.example.com/v1/users';

describe("a page's policy", () => {
  it.each([
    [''],
    ["script-src 'none'"],
    ['connect-src *'],
    ['connect-src https:'],
    ['connect-src api.example.com'],
    ['CONNECT-SRC https://API.example.com:443'],
    ['connect-src *.example.com:*'],
    ['connect-src https://api.example.com/v1/'],
    ['connect-src https://api.example.com/v1/users'],
    ['connect-src http://api.example.com'],
    ["default-src 'none'; connect-src https://api.example.com"],
  ])('lets the request out: %s', (policy) => {
    expect(cspRefusal([policy], API, PAGE)).toBeUndefined();
  });

  it.each([
    ["default-src 'self'", 'default-src'],
    ["connect-src 'none'", 'connect-src'],
    ['connect-src', 'connect-src'],
    ['connect-src https://api.example.com:8443', 'connect-src'],
    ['connect-src example.com', 'connect-src'],
    ['connect-src https://api.example.com/v2/', 'connect-src'],
    ['connect-src https://api.example.com/v1', 'connect-src'],
    ["connect-src 'self'; connect-src *", 'connect-src'],
    ["connect-src *, default-src 'self'", 'default-src'],
  ])('keeps it in: %s', (policy, directive) => {
    expect(cspRefusal([policy], API, PAGE)?.directive).toBe(directive);
  });

  it('means its own origin, over TLS too, by self, and the default port by none', () => {
    expect(cspRefusal(["connect-src 'self'"], `${PAGE}x`, PAGE)).toBeUndefined();
    expect(cspRefusal(["connect-src 'self'"], 'https://a.example/', 'http://a.example/')).toBeUndefined();
    expect(cspRefusal(['connect-src localhost'], 'http://localhost:8000/', 'http://localhost:5173/')).toBeDefined();
    expect(
      cspRefusal(['connect-src localhost:8000'], 'http://localhost:8000/', 'http://localhost:5173/'),
    ).toBeUndefined();
  });
});
