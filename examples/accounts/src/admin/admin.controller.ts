import { RefreshTokens, Sessions, type AuthUser } from '@plinth/auth';
import { Accounts, type Account } from '@plinth/auth/accounts';
import { Injectable } from '@plinth/core';
import { Controller } from '@plinth/http';
import type { Infer } from '@plinth/validation';
import { ADMIN_ERRORS } from './admin-errors.js';
import { changers, viewers } from './admin-guards.js';
import { AccountReply, AccountsQuery, AccountsReply, EndedReply, RolesChange } from './admin.schemas.js';

/** How many accounts a page of the list has. */
const PAGE = 50;

const errors = [ADMIN_ERRORS.ACCOUNT_UNKNOWN, ADMIN_ERRORS.OWN_ACCOUNT];

interface OfOther {
  readonly user: AuthUser;
  readonly params: { readonly id: string };
}

/** All accounts, for administrators. What is written in them stays their owners': no route gives the notes of another user. */
@Controller('/api/admin/accounts', { tags: ['Administration'] })
@Injectable({ deps: [Accounts, Sessions, RefreshTokens] })
export class AdminController {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  @viewers.Get('/', { summary: 'All accounts, the oldest first', query: AccountsQuery, returns: AccountsReply })
  async list({ query }: { query: Infer<typeof AccountsQuery> }): Promise<Infer<typeof AccountsReply>> {
    const found = await this.accounts.list({ ...query, limit: PAGE + 1 });
    const items = found.slice(0, PAGE);
    return { items: items.map(toReply), next: found.length > PAGE ? items.at(-1)!.id : null };
  }

  @changers.Post('/:id/disable', { summary: 'Close an account, and sign it out', returns: AccountReply, errors })
  async disable(context: OfOther): Promise<Infer<typeof AccountReply>> {
    return toReply(await this.accounts.disable((await this.#other(context)).id));
  }

  @changers.Post('/:id/enable', { summary: 'Open a closed account', returns: AccountReply, errors })
  async enable(context: OfOther): Promise<Infer<typeof AccountReply>> {
    return toReply(await this.accounts.enable((await this.#other(context)).id));
  }

  @changers.Put('/:id/roles', { summary: 'Give an account these roles', body: RolesChange, returns: AccountReply, errors })
  async setRoles(context: OfOther & { readonly body: Infer<typeof RolesChange> }): Promise<Infer<typeof AccountReply>> {
    return toReply(await this.accounts.setRoles((await this.#other(context)).id, context.body.roles));
  }

  @changers.Delete('/:id/sessions', { summary: 'Sign an account out everywhere', returns: EndedReply, errors })
  async signOut(context: OfOther): Promise<Infer<typeof EndedReply>> {
    const { id } = await this.#other(context);
    await this.refreshTokens.revokeAll(id);
    return { ended: await this.sessions.revokeAll(id) };
  }

  // The last administrator cannot lock themselves out.
  async #other({ user, params }: OfOther): Promise<Account> {
    const account = await this.accounts.find(params.id);
    if (!account) throw ADMIN_ERRORS.ACCOUNT_UNKNOWN();
    if (account.id === user.id) throw ADMIN_ERRORS.OWN_ACCOUNT();
    return account;
  }
}

function toReply({ id, email, name, roles, createdAt, disabledAt }: Account): Infer<typeof AccountReply> {
  return { id, email, name, roles: [...roles], createdAt: createdAt.toISOString(), disabledAt: disabledAt?.toISOString() ?? null };
}
