import type { Infer, Schema } from '@plinth/validation';
import { ENCODER, type EncodedType, type MediaBody } from '../contract/media-type.js';
import type { HttpContext } from '../contract/context-of.js';
import { pickType } from '../request/negotiate.js';
import type { ReplyPlan } from '../route/reply-plan.js';
import { replyBreach } from '../route/reply-breach.js';

/** How the value of a handler is written as another media type. */
export type AlternativeWriter<Value> = (value: Value, context: HttpContext) => MediaBody;

/**
 * One value as JSON or as other media types, as the client's `Accept` says (RFC 9110, 12): the handler gives the value once, the functions
 * write it otherwise. Who takes none of them gets 406 (`HTTP_NOT_ACCEPTABLE`) before the handler runs. JSON where the client has no wish.
 *
 * @example
 * const Orders = alternatives({ type: 'array', items: Order }, { 'text/csv': (orders) => toCsv(orders) });
 * get('/orders', { open: true, returns: Orders }, () => orders.all());
 */
export function alternatives<const S extends Schema>(
  schema: S,
  others: { readonly [mediaType: string]: AlternativeWriter<Infer<S>> },
): EncodedType<Infer<S>> {
  const types = ['application/json', ...Object.keys(others)];
  return {
    mediaType: '*/*',
    [ENCODER]: {
      types,
      bind(compiler, name) {
        const serialize = compiler.compileSerializer(schema, { name });
        return (value, context) => {
          const plan = context.replyPlan as ReplyPlan;
          const type = pickType(context.request.headers.accept, types) ?? 'application/json';
          context.replyPlan = plan.byType?.(/^text\/[^;]+$|^application\/json$/.test(type) ? `${type}; charset=utf-8` : type) ?? plan;
          const write = others[type];
          if (write !== undefined) return write(value, context as unknown as HttpContext);
          try {
            return serialize(value);
          } catch (cause) {
            throw replyBreach(context.plan?.label ?? name, plan.status, cause, value);
          }
        };
      },
      describe: (add) => add(schema),
    },
  };
}
