// What is used of jose, in one place: loaded when a config has tokens verified, and not before.
export { createLocalJWKSet } from 'jose/jwks/local';
export { jwtVerify } from 'jose/jwt/verify';
export * as errors from 'jose/errors';
