import { Accounts } from '@plinth/auth/accounts';
import { Injectable, type OnStart, type ValueOf } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { DEMO, FOLIO_CONFIG } from '../accounts.config.js';
import { notes } from '../notes/notes.table.js';

const texts = [
  { title: 'Groceries', text: 'Oats, lemons, dark chocolate.\nCoffee for the guests on Saturday.' },
  { title: 'Ideas for the garden', text: 'A bench under the pear tree. Lavender along the path, because of the bees.' },
  { title: 'Books to read', text: 'Middlemarch\nThe Left Hand of Darkness\nA Time of Gifts' },
];

/** Fills an empty database with something to look at: an administrator, and a user with notes. */
@Injectable({ deps: [FOLIO_CONFIG, Accounts, DATABASE] })
export class Demo implements OnStart {
  constructor(
    private readonly config: ValueOf<typeof FOLIO_CONFIG>,
    private readonly accounts: Accounts,
    private readonly database: Database,
  ) {}

  /** Whether the accounts of `DEMO` are there. */
  get there(): boolean {
    return this.config.demo;
  }

  async onStart(): Promise<void> {
    if (!this.config.demo || (await this.accounts.list({ limit: 1 })).length > 0) return;
    await this.accounts.create({ ...DEMO.admin, verified: true });
    const { id: ownerId } = await this.accounts.create({ ...DEMO.user, verified: true });
    await this.database.repository(notes).insertMany(texts.map((text) => ({ ...text, ownerId })));
  }
}
