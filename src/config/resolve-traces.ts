import type * as z from 'zod';
import { DEFAULT_TRACES } from './defaults.ts';
import type { TracesModel } from './model.ts';
import { isFieldValue } from '../protocol/field-value.ts';
import { headerNamePattern } from './schema/fields.ts';
import { show, type At } from './schema/issues.ts';
import type { tracesOptions } from './schema/schema.ts';

/** Understands `traces`. */
export function resolveTraces(
  options: string | z.output<typeof tracesOptions> | undefined,
  { path, problems }: At,
): TracesModel | undefined {
  if (options === undefined) return undefined;
  const short = typeof options === 'string';
  const model = { ...DEFAULT_TRACES, ...(short ? { endpoint: options } : options) };
  if (!/^https?:\/\/[^/?#@\s]+(?:[/?][^\s#]*)?$/i.test(model.endpoint) || !URL.canParse(model.endpoint)) {
    problems.error('traces-endpoint-invalid', short ? path : [...path, 'endpoint'], { value: show(model.endpoint) });
  }
  for (const [name, value] of Object.entries(model.headers)) {
    if (!headerNamePattern.test(name)) problems.error('header-name-invalid', [...path, 'headers', name], { name });
    else if (!isFieldValue(value)) problems.error('header-value-invalid', [...path, 'headers', name], { name });
  }
  return Object.freeze(model);
}
