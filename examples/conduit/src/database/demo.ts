import { Injectable, type OnStart, type ValueOf } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { Articles } from '../articles/articles.js';
import { CONDUIT_CONFIG, DEMO } from '../conduit.config.js';
import { Accounts } from '../users/accounts.js';
import { users } from '../users/users.table.js';

const texts = [
  {
    title: 'Welcome to Conduit',
    description: 'What this is',
    body: 'A place to write and to read, made to show a framework at work.',
    tagList: ['welcome'],
  },
  {
    title: 'How to follow somebody',
    description: 'Two requests',
    body: 'Read a profile, then POST to its `follow`. The feed shows what they write.',
    tagList: ['how-to', 'welcome'],
  },
  {
    title: 'How to write an article',
    description: 'One request',
    body: 'POST a title, a description and a body. Tags are optional.',
    tagList: ['how-to'],
  },
] as const;

/** Fills an empty database with something to look at: an account and three articles. */
@Injectable({ deps: [CONDUIT_CONFIG, DATABASE, Accounts, Articles] })
export class Demo implements OnStart {
  #account: typeof DEMO | undefined;

  constructor(
    private readonly config: ValueOf<typeof CONDUIT_CONFIG>,
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly articles: Articles,
  ) {}

  /** The demo account, where there is one. */
  get account(): typeof DEMO | undefined {
    return this.#account;
  }

  async onStart(): Promise<void> {
    if (!this.config.demo) return;
    const rows = this.database.repository(users);
    if (!(await rows.exists({ all: true }))) await this.fill();
    if (await rows.exists({ username: DEMO.username })) this.#account = DEMO;
  }

  private async fill(): Promise<void> {
    const user = await this.accounts.register(DEMO);
    for (const article of texts) await this.articles.create({ ...article, tagList: [...article.tagList] }, user.id);
  }
}
