import { isSensitiveKey, type AppError } from '@plinth/core';
import { isFault, statusOf } from '../problem/status-of.js';
import { readReturns } from '../contract/read-returns.js';
import type { RouteContext } from '../request/http-context.js';
import { createNonce } from '../security-headers/nonce.js';
import { codeFrame } from './code-frame.js';
import { loadYouch } from './load-youch.js';

/** A page about an error. */
export interface ErrorPage {
  readonly html: string;
  /** Its own content security policy: nothing but its own styles and scripts. */
  readonly policy: string;
}

/** What a server shows its author and nobody else: it exists outside of production only. */
export interface Development {
  /** Says in the terminal what went wrong, where, and how to cure it; only for faults of ours, and only where a person reads. */
  report(context: RouteContext, error: AppError): void;
  /** The page for a browser; `undefined` at once for other clients and for errors that are none of ours, later without youch. */
  page(context: RouteContext, error: AppError): Promise<ErrorPage | undefined> | undefined;
}

/** Makes it at boot. `plinth dev` sets PLINTH_DEV, since it reads our standard error itself. */
export function createDevelopment(): Development {
  const read = process.stderr.isTTY === true || process.env['PLINTH_DEV'] === '1';
  let youch: ReturnType<typeof loadYouch> | undefined;
  return {
    report(context, error) {
      if (read && isFault(error)) process.stderr.write(`\n${describeFault(context, error)}\n\n`);
    },
    page(context, error) {
      if (!isFault(error) || !/\btext\/html\b/i.test(context.request.headers.accept ?? '')) return undefined;
      youch ??= loadYouch();
      return youch.then(async (renderer) => {
        if (renderer === undefined) return undefined;
        const nonce = createNonce();
        const html = await renderer.render(authorsError(error), {
          title: `${statusOf(error)} ${error.code}`,
          nonce,
          request: { url: redactQuery(context.url), method: context.method, headers: shownHeaders(context) },
          facts: { Route: rowsOf(context, error) },
        });
        return {
          html,
          policy: `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        };
      });
    },
  };
}

function describeFault(context: RouteContext, error: AppError): string {
  const author = authorsError(error);
  const lines = [
    `${error.code}: ${error.detail ?? author.message}`,
    `  in ${rowsOf(context, error)
      .map(({ key, value }) => `${key}: ${String(value)}`)
      .join('\n     ')}`,
  ];
  const frame = codeFrame(author.stack);
  return frame === undefined ? lines.join('\n') : [...lines, '', frame].join('\n');
}

// What wraps an unknown throw has only frames of ours: the author's begin with the cause.
function authorsError(error: AppError): Error {
  return error.code === 'INTERNAL' && error.cause instanceof Error ? error.cause : error;
}

function rowsOf({ plan, method, route }: RouteContext, { help }: AppError): { key: string; value: string }[] {
  const rows = [{ key: 'route', value: plan?.label ?? `${method} ${route}` }];
  if (plan !== null) {
    const { contract, definedAt, guards } = plan.definition;
    const parts = (['params', 'query', 'headers', 'cookies', 'body'] as const).filter((part) => contract[part] !== undefined);
    if (definedAt !== undefined) rows.push({ key: 'defined at', value: definedAt });
    rows.push({ key: 'guards', value: guards.map((guard) => guard.name).join(', ') || 'open' });
    rows.push({ key: 'takes', value: parts.join(', ') || 'nothing' });
    rows.push({ key: 'returns', value: [...readReturns(contract).keys()].join(', ') || 'nothing, or a text' });
  }
  if (help !== undefined) rows.push({ key: 'cure', value: help });
  return rows;
}

function shownHeaders({ request }: RouteContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      name === 'cookie' || isSensitiveKey(name) ? '[redacted]' : String(value),
    ]),
  );
}

function redactQuery(url: string): string {
  const question = url.indexOf('?');
  if (question === -1) return url;
  const pairs = url.slice(question + 1).split('&');
  return `${url.slice(0, question)}?${pairs.map((pair) => (isSensitiveKey(pair.split('=')[0] ?? '') ? `${pair.split('=')[0]}=[redacted]` : pair)).join('&')}`;
}
