import { lines, quoted, quotedList, type Stack } from './stack.ts';

/** `CorsConfiguration` of an HTTP API. */
export const awsHttp = {
  name: 'aws-http',
  title: 'AWS API Gateway (HTTP API)',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => ({
    files: [
      {
        name: 'template.yaml, in Resources',
        language: 'yaml',
        text: lines(
          '  HttpApi:',
          '    Type: AWS::Serverless::HttpApi',
          '    Properties:',
          '      CorsConfiguration:',
          `        AllowOrigins: [${quoted(origin)}]`,
          `        AllowMethods: ${quotedList(methods)}`,
          headers.length > 0 && `        AllowHeaders: ${quotedList(headers)}`,
          expose.length > 0 && `        ExposeHeaders: ${quotedList(expose)}`,
          `        MaxAge: ${maxAge}`,
          credentials && '        AllowCredentials: true',
        ),
      },
    ],
    warnings: [
      'The CORS headers of what stands behind are dropped once this is set: remove them there, they only confuse.',
      'A `$default` or ANY route with an authorizer catches OPTIONS: add a route `OPTIONS /{proxy+}` without one.',
      'Subdomains by wildcard and regular expressions are not possible here.',
    ],
  }),
} as const satisfies Stack;
