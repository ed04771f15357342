import { lines, quoted, type Stack } from './stack.ts';

/** A response headers policy; what answers OPTIONS stands behind. */
export const cloudfront = {
  name: 'cloudfront',
  title: 'CloudFront',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => {
    const items = (values: readonly string[]): string => `{ Items: [${values.map(quoted).join(', ')}] }`;
    return {
      files: [
        {
          name: 'template.yaml, in Resources',
          language: 'yaml',
          text: lines(
            '  CorsHeaders:',
            '    Type: AWS::CloudFront::ResponseHeadersPolicy',
            '    Properties:',
            '      ResponseHeadersPolicyConfig:',
            '        Name: cors',
            '        CorsConfig:',
            `          AccessControlAllowOrigins: ${items([origin])}`,
            `          AccessControlAllowMethods: ${items([...new Set([...methods, 'OPTIONS'])])}`,
            `          AccessControlAllowHeaders: ${items(headers.length > 0 ? headers : ['content-type'])}`,
            expose.length > 0 && `          AccessControlExposeHeaders: ${items(expose)}`,
            `          AccessControlMaxAgeSec: ${maxAge}`,
            `          AccessControlAllowCredentials: ${credentials}`,
            '          OriginOverride: true',
          ),
        },
        {
          name: "in the distribution's cache behavior",
          language: 'yaml',
          text: lines(
            'ResponseHeadersPolicyId: !Ref CorsHeaders',
            'AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]',
            '# Managed-CORS-CustomOrigin: passes Origin and the preflight headers on',
            'OriginRequestPolicyId: 59781a5b-3903-41f3-afcb-af62929ccde1',
          ),
        },
      ],
      warnings: [
        "CloudFront doesn't answer OPTIONS itself: what stands behind must answer it 200 or 204.",
        'A wildcard works only as the leftmost label.',
        'If answers are cached, put Origin into the cache key (CachePolicy, HeadersConfig), then invalidate the path.',
      ],
    };
  },
} as const satisfies Stack;
