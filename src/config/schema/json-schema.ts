import * as z from 'zod';
import { policyOptions, policySchema } from '../../features/cors/options.ts';
import { configSchema } from './schema.ts';

type Json = Record<string, unknown>;

/** Editors know this draft best. */
const TARGET = { target: 'draft-7', io: 'input', unrepresentable: 'any' } as const;

/** A route has exactly one of them, which the shape alone can't say. */
const ACTIONS = ['proxy', 'guard', 'files', 'redirect', 'respond'];

/**
 * The JSON Schema that editors complete and check configs with.
 *
 * @param descriptions texts by `Interface` and `Interface.property`; no property may be without.
 */
export function toJsonSchema(descriptions: ReadonlyMap<string, string>): Json {
  const whole = z.toJSONSchema(configSchema, {
    ...TARGET,
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as unknown) === policyOptions) jsonSchema.$ref = '#/definitions/PolicyOptions';
    },
  }) as Json;
  const policy = z.toJSONSchema(policySchema, TARGET) as Json;
  const definitions = { ...(policy['definitions'] as Json), ...(whole['definitions'] as Json) };
  const route = definitions['RouteOptions'] as Json;
  route['oneOf'] = ACTIONS.map((action) => ({
    type: 'object',
    properties: { [action]: {} },
    required: [action],
  }));
  for (const [name, definition] of Object.entries(definitions)) describe(name, definition as Json, descriptions);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'oneorigin',
    ...(definitions['Config'] as Json),
    // A place for what YAML anchors point to.
    patternProperties: { '^x-': true },
    definitions: Object.fromEntries(Object.entries(definitions).filter(([name]) => name !== 'Config')),
  };
}

function describe(name: string, definition: Json, descriptions: ReadonlyMap<string, string>): void {
  delete definition['id'];
  delete definition['$id'];
  const own = descriptions.get(name);
  if (own !== undefined) definition['description'] = own;
  for (const [property, schema] of Object.entries((definition['properties'] ?? {}) as Json)) {
    // Of an interface that says it all, the properties may be silent.
    const text = descriptions.get(`${name}.${property}`) ?? own;
    if (text === undefined) throw new Error(`${name}.${property} has no docstring`);
    const described = schema as Json;
    // Beside `$ref` draft 7 ignores everything.
    if ('$ref' in described) {
      described['allOf'] = [{ $ref: described['$ref'] }];
      delete described['$ref'];
    }
    described['description'] = text;
  }
}
