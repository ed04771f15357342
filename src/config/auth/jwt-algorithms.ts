import { JWT_ALGORITHMS } from '../../features/auth/options.ts';

/** Every algorithm with a public key. */
export const ASYMMETRIC: readonly string[] = JWT_ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS'));

/** Every algorithm with a secret. */
export const SYMMETRIC: readonly string[] = JWT_ALGORITHMS.filter((algorithm) => algorithm.startsWith('HS'));
