import { Injectable, LOGGER, type Logger, type OnStart } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { Articles } from '../articles/articles.js';
import { CONDUIT_CONFIG, DEMO } from '../conduit.config.js';
import { Accounts } from '../users/accounts.js';
import { users } from '../users/users.table.js';

const texts = [
  { title: 'Welcome to Conduit', description: 'What this is', body: 'A place to write and to read, made to show a framework at work.', tagList: ['welcome'] },
  { title: 'How to follow somebody', description: 'Two requests', body: 'Read a profile, then POST to its `follow`. The feed shows what they write.', tagList: ['how-to', 'welcome'] },
  { title: 'How to write an article', description: 'One request', body: 'POST a title, a description and a body. Tags are optional.', tagList: ['how-to'] },
] as const;

/** Fills an empty database with something to look at: an account and three articles. */
@Injectable({ deps: [DATABASE, Accounts, Articles, CONDUIT_CONFIG, LOGGER] })
export class Demo implements OnStart {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly articles: Articles,
    private readonly config: { readonly demo: boolean },
    private readonly logger: Logger,
  ) {}

  async onStart(): Promise<void> {
    if (!this.config.demo || (await this.database.repository(users).count()) > 0) return;
    const user = await this.accounts.register(DEMO);
    for (const article of texts) await this.articles.create({ ...article, tagList: [...article.tagList] }, user.id);
    this.logger.info({ email: DEMO.email }, 'demo account created');
  }
}
