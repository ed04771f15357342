import type { PreflightReason } from '../../cors/index.ts';

const UNSAFE: Readonly<Record<string, string>> = {
  name: 'is not one that pages may always send',
  length: 'is longer than 128 bytes',
  bytes: 'has characters that are not safe everywhere',
  'content-type': 'is not one that a form could send',
  range: 'is not a simple range',
};

/** Why a browser asks first. */
export function describeReason(reason: PreflightReason): string {
  switch (reason.code) {
    case 'method':
      return `the method ${reason.method} is not GET, HEAD or POST`;
    case 'header':
      return `the header ${reason.name} ${UNSAFE[reason.reason] ?? reason.reason}`;
    case 'total-length':
      return 'the headers that pages may always send are longer than 1024 bytes together';
    case 'flag':
      return 'the upload is watched or streamed';
  }
}
