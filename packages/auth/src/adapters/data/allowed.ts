import { optionalDep, type Key } from '@plinth/core';
import { DATA_ERRORS, DATABASE, type AnyTable, type Database, type Row } from '@plinth/data';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AccessDenials } from '../../access/access-denials.js';
import { AUTH_ERRORS } from '../../errors.js';
import { reaches } from './scoped-repository.js';
import type { TablePolicy } from './table-policy.js';

/** Where `allowed` finds the row, and what the handler knows it as. */
export interface AllowedOptions<As extends string> {
  /** The parameter of the path that holds its id; `id`. */
  readonly param?: string;
  /** The name of the row in the handler's context; `row`. */
  readonly as?: As;
  /** The database, where the application has several. Default `DATABASE`. */
  readonly database?: Key<Database>;
}

/** What `allowed` reads of the context: the user that a guard to its left has added. */
export type AllowedNeeds<Actor> = undefined extends Actor ? { readonly user?: Actor } : { readonly user: Actor };

/**
 * A guard on one row: loads it by a parameter of the path, asks the policy, and hands it to the handler. Refuses with `DATA_NOT_FOUND`
 * (404) where there is no such row or the user may not read it, else with `AUTH_POLICY_DENIED` (403). It stands to the right of the guard
 * that gives the user. A handler that then writes should do so through `scoped`, which asks again in the transaction.
 *
 * @example
 * const editors = guarded(session, allowed(articlePolicy, 'update', { as: 'article' }));
 */
export function allowed<T extends AnyTable, Actor, Action extends string, const As extends string = 'row'>(
  policy: TablePolicy<T, Actor, Action>,
  action: NoInfer<Action>,
  { param = 'id', as = 'row' as As, database = DATABASE }: AllowedOptions<As> = {},
): Guard<{ readonly [Name in As]: Row<T> }, AllowedNeeds<Actor>> {
  const anyPolicy = policy as TablePolicy<T, unknown>;
  const failed = (reason: string): Error => AUTH_ERRORS.POLICY_FAILED({ action, resource: policy.name, reason });
  if (!policy.hasOneKey) throw failed('its table has no primary key of one column, which allowed() would find rows by');
  const guard = defineGuard({
    name: `allowed(${action} ${policy.name})`,
    deps: [database, optionalDep(AccessDenials)],
    async run(context: GuardContext & { readonly user?: unknown }, db, denials): Promise<object> {
      const text = context.params[param];
      if (text === undefined) throw failed(`the path has no parameter "${param}"`);
      const id = policy.readId(text);
      const row = id === undefined ? undefined : ((await db.repository(policy.table).find(id)) as Row<T> | undefined);
      const denied = (): void => denials?.note(context, `${action} ${policy.name}`);
      if (row === undefined) throw DATA_ERRORS.NOT_FOUND({ table: policy.name });
      if (!decide(() => reaches(anyPolicy, context.user, action, row), denied)) {
        denied();
        throw DATA_ERRORS.NOT_FOUND({ table: policy.name });
      }
      return { [as]: row };
    },
  });
  return guard as Guard<{ readonly [Name in As]: Row<T> }, AllowedNeeds<Actor>>;
}

function decide(ask: () => boolean, denied: () => void): boolean {
  try {
    return ask();
  } catch (error) {
    if (AUTH_ERRORS.POLICY_DENIED.is(error)) denied();
    throw error;
  }
}
