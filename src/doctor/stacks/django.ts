import { lines, quotedList, type Stack } from './stack.ts';

/** django-cors-headers. */
export const django = {
  name: 'django',
  title: 'Django',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'settings.py (pip install django-cors-headers)',
        language: 'python',
        text: lines(
          "INSTALLED_APPS += ['corsheaders']",
          '# Before all that may answer.',
          "MIDDLEWARE.insert(0, 'corsheaders.middleware.CorsMiddleware')",
          `CORS_ALLOWED_ORIGINS = ${quotedList([origin])}`,
          `CORS_ALLOW_METHODS = ${quotedList(methods)}`,
          `CORS_ALLOW_HEADERS = ${quotedList(headers)}`,
          expose.length > 0 && `CORS_EXPOSE_HEADERS = ${quotedList(expose)}`,
          `CORS_ALLOW_CREDENTIALS = ${credentials ? 'True' : 'False'}`,
          `CORS_PREFLIGHT_MAX_AGE = ${maxAge}`,
          credentials && `CSRF_TRUSTED_ORIGINS = ${quotedList([origin])}`,
          credentials && "SESSION_COOKIE_SAMESITE = 'None'  # only if page and API are different sites",
          credentials && 'SESSION_COOKIE_SECURE = True',
        ),
      },
    ],
    warnings: [
      '`CORS_ALLOWED_ORIGIN_REGEXES` is not anchored at the end: write `$`.',
      'APPEND_SLASH redirects, and a preflight may not be redirected: ask for the exact path in the page.',
    ],
  }),
} as const satisfies Stack;
