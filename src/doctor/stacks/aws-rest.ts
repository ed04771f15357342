import { lines, list, quoted, type Stack } from './stack.ts';

/** SAM: the mock OPTIONS, the gateway's own errors, and the Lambda itself. */
export const awsRest = {
  name: 'aws-rest',
  title: 'AWS API Gateway (REST)',
  write: ({ origin, methods, headers, expose, credentials, maxAge }) => {
    const inner = (text: string): string => `"'${text}'"`;
    const error = (name: string): string =>
      lines(
        `  Cors${name}:`,
        '    Type: AWS::ApiGateway::GatewayResponse',
        '    Properties:',
        '      RestApiId: !Ref Api',
        `      ResponseType: DEFAULT_${name}`,
        '      ResponseParameters:',
        `        gatewayresponse.header.Access-Control-Allow-Origin: ${inner(origin)}`,
        credentials && `        gatewayresponse.header.Access-Control-Allow-Credentials: ${inner('true')}`,
      ).trimEnd();
    return {
      files: [
        {
          name: 'template.yaml, in Resources',
          language: 'yaml',
          text: lines(
            '  Api:',
            '    Type: AWS::Serverless::Api',
            '    Properties:',
            '      Cors:',
            `        AllowOrigin: ${inner(origin)}`,
            `        AllowMethods: ${inner([...methods, 'OPTIONS'].join(','))}`,
            `        AllowHeaders: ${inner(headers.join(','))}`,
            `        MaxAge: ${inner(String(maxAge))}`,
            credentials && '        AllowCredentials: true',
            '      Auth:',
            '        AddDefaultAuthorizerToCorsPreflight: false',
            error('4XX'),
            error('5XX'),
          ),
        },
        {
          name: 'every Lambda behind it, in what it returns',
          language: 'js',
          text: lines(
            'headers: {',
            `  'Access-Control-Allow-Origin': ${quoted(origin)},`,
            credentials && "  'Access-Control-Allow-Credentials': 'true',",
            expose.length > 0 && `  'Access-Control-Expose-Headers': ${quoted(list(expose))},`,
            '},',
          ),
        },
      ],
      warnings: [
        'One origin only: for several, the Lambda must compare and answer itself, OPTIONS included.',
        'Deploy the stage again: a change of CORS does nothing before.',
      ],
    };
  },
} as const satisfies Stack;
