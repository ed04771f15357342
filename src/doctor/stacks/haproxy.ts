import { lines, list, type Stack } from './stack.ts';

/** `http-after-response`, because `http-response` misses HAProxy's own errors. */
export const haproxy = {
  name: 'haproxy',
  title: 'HAProxy',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => {
    const allowed = 'if cors_allowed';
    const preflight = 'if cors_preflight';
    const names = ['Origin', 'Credentials', 'Methods', 'Headers'].map((name) => `Access-Control-Allow-${name}`);
    return {
      files: [
        {
          name: 'haproxy.cfg, first in the frontend',
          language: 'haproxy',
          text: lines(
            `    acl cors_listed req.fhdr(origin) -m str ${origin}`,
            '    acl cors_asks req.hdr(access-control-request-method) -m found',
            '    # The answer knows nothing of the request but what is kept.',
            '    acl cors_allowed var(txn.cors_origin) -m found',
            '    acl cors_preflight var(txn.cors_preflight) -m found',
            '    http-request set-var(txn.cors_origin) req.fhdr(origin) if cors_listed',
            '    http-request set-var(txn.cors_preflight) bool(true) if METH_OPTIONS cors_asks cors_listed',
            ...names.map((name) => `    http-after-response del-header ${name}`),
            `    http-after-response set-header Access-Control-Allow-Origin %[var(txn.cors_origin)] ${allowed}`,
            credentials && `    http-after-response set-header Access-Control-Allow-Credentials true ${allowed}`,
            expose.length > 0 &&
              `    http-after-response set-header Access-Control-Expose-Headers "${list(expose)}" ${allowed}`,
            `    http-after-response set-header Access-Control-Allow-Methods "${list(methods)}" ${preflight}`,
            headers.length > 0 &&
              `    http-after-response set-header Access-Control-Allow-Headers "${list(headers)}" ${preflight}`,
            `    http-after-response set-header Access-Control-Max-Age ${maxAge} ${preflight}`,
            '    http-after-response add-header Vary Origin',
            `    http-request return status 204 ${preflight}`,
          ),
        },
      ],
      warnings: [
        'Put it before `http-request auth` and `deny`: rules run in order, and a preflight never carries credentials.',
        'HAProxy 2.2 or later: `http-after-response` also reaches its own error answers.',
      ],
    };
  },
} as const satisfies Stack;
