import type { MaintenanceModel } from '../../config/feature-models.ts';
import { Field } from '../../wire/header-list.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';

/** The feature `maintenance`: 503 for everybody, with the policy's lines, so that pages can read it. */
export function createMaintenance({ retryAfter, message }: MaintenanceModel): Filter {
  const problem = {
    detail: message,
    headers: [new Field('Retry-After', String(Math.ceil(retryAfter / 1000)))],
  };
  return {
    name: 'maintenance',
    request(exchange) {
      replyProblem(exchange, 'maintenance', problem);
      return true;
    },
  };
}
