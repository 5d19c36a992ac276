import { Injectable } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { Controller, Get } from '@plinth/http';
import { defineSchema, type Infer } from '@plinth/validation';
import { articleTags } from '../articles/article-tags.table.js';

const TagsReply = defineSchema({
  $id: 'TagsResponse',
  type: 'object',
  required: ['tags'],
  properties: { tags: { type: 'array', items: { type: 'string' } } },
});

/** More tags are not given; those that most articles have come first. */
const MOST = 1_000;

@Controller('/api/tags', { open: true, tags: ['Tags'] })
@Injectable({ deps: [DATABASE] })
export class TagsController {
  constructor(private readonly database: Database) {}

  @Get('/', { summary: 'Get tags', operationId: 'GetTags', returns: TagsReply })
  async list(): Promise<Infer<typeof TagsReply>> {
    const groups = await this.database
      .repository(articleTags)
      .groupBy({ by: ['tag'], orderBy: { count: 'desc', tag: 'asc' }, limit: MOST });
    return { tags: groups.map(({ by }) => by.tag) };
  }
}
