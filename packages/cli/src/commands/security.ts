import type { InventoryFact } from '@plinth/core';
import type { Command } from '../command.js';
import { loadProject } from '../config/load-config.js';
import { readInventory } from '../project/read-inventory.js';

const inventoryCommand: Command = {
  name: 'inventory',
  summary: 'list keys by id, algorithms, lifetimes, connections and open routes; never a key itself',
  examples: ['plinth security inventory', 'NODE_ENV=production plinth security inventory --json > inventory.json'],
  async run({ cwd, config, output }) {
    const entries = await readInventory(await loadProject(cwd, config));
    if (output.json) {
      output.data({ entries });
      return 0;
    }
    let section: string | undefined;
    for (const entry of entries) {
      if (entry.section !== section) {
        if (section !== undefined) output.line('');
        section = entry.section;
        output.line(output.style('bold', section.toUpperCase()));
      }
      output.line(`  ${entry.name}`);
      for (const [fact, value] of Object.entries(entry.facts)) output.line(`    ${words(fact)}: ${textOf(value)}`);
    }
    return 0;
  },
};

/** Lists what the security of the application rests on. The application is built and not started. */
export const securityCommand: Command = {
  name: 'security',
  summary: 'list the keys, algorithms, lifetimes and connections of the application',
  commands: [inventoryCommand],
};

function textOf(value: InventoryFact): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(', ');
  return String(value);
}

/** `rememberIdle` as `remember idle`. */
function words(fact: string): string {
  return fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
