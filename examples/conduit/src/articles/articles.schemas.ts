import { defineSchema } from '@plinth/validation';
import { filled, PAGE } from '../field-schemas.js';
import { Profile } from '../profiles/profiles.schemas.js';

const summary = {
  slug: { type: 'string' },
  title: { type: 'string' },
  description: { type: 'string' },
  tagList: { type: 'array', items: { type: 'string' } },
  createdAt: { type: 'string', format: 'date-time' },
  updatedAt: { type: 'string', format: 'date-time' },
  favorited: { type: 'boolean' },
  favoritesCount: { type: 'integer' },
  author: Profile,
} as const;

const summaryKeys = ['slug', 'title', 'description', 'tagList', 'createdAt', 'updatedAt', 'favorited', 'favoritesCount', 'author'] as const;
const tagList = { type: 'array', maxItems: 50, items: filled(64) } as const;

/** An article in a list: without its body. */
export const ArticleSummary = defineSchema({ $id: 'ArticleSummary', type: 'object', required: summaryKeys, properties: summary });

export const Article = defineSchema({
  $id: 'Article',
  type: 'object',
  required: [...summaryKeys, 'body'],
  properties: { ...summary, body: { type: 'string' } },
});

export const ArticleReply = defineSchema({
  $id: 'SingleArticleResponse',
  type: 'object',
  required: ['article'],
  properties: { article: Article },
});

export const ArticlesReply = defineSchema({
  $id: 'MultipleArticlesResponse',
  type: 'object',
  required: ['articles', 'articlesCount'],
  properties: { articles: { type: 'array', items: ArticleSummary }, articlesCount: { type: 'integer' } },
});

export const NewArticle = defineSchema({
  $id: 'NewArticleRequest',
  type: 'object',
  required: ['article'],
  properties: {
    article: {
      type: 'object',
      required: ['title', 'description', 'body'],
      properties: { title: filled(250), description: filled(1_000), body: filled(100_000), tagList },
    },
  },
});

export const ArticleChange = defineSchema({
  $id: 'UpdateArticleRequest',
  type: 'object',
  required: ['article'],
  properties: {
    article: {
      type: 'object',
      minProperties: 1,
      properties: { title: filled(250), description: filled(1_000), body: filled(100_000), tagList },
    },
  },
});

export const FeedQuery = defineSchema({ type: 'object', properties: PAGE });

export const ArticlesQuery = defineSchema({
  type: 'object',
  properties: {
    ...PAGE,
    tag: { type: 'string', maxLength: 64 },
    author: { type: 'string', maxLength: 64 },
    favorited: { type: 'string', maxLength: 64 },
  },
});

/** The parameter of every path below an article. */
export const SlugParams = defineSchema({ type: 'object', required: ['slug'], properties: { slug: { type: 'string' } } });
