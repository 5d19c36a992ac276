import { defineSchema } from '@plinth/validation';
import { filled } from '../field-schemas.js';
import { Profile } from '../profiles/profiles.schemas.js';

export const Comment = defineSchema({
  $id: 'Comment',
  type: 'object',
  required: ['id', 'createdAt', 'updatedAt', 'body', 'author'],
  properties: {
    id: { type: 'integer' },
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
    body: { type: 'string' },
    author: Profile,
  },
});

export const CommentReply = defineSchema({
  $id: 'SingleCommentResponse',
  type: 'object',
  required: ['comment'],
  properties: { comment: Comment },
});

export const CommentsReply = defineSchema({
  $id: 'MultipleCommentsResponse',
  type: 'object',
  required: ['comments'],
  properties: { comments: { type: 'array', items: Comment } },
});

export const NewComment = defineSchema({
  $id: 'NewCommentRequest',
  type: 'object',
  required: ['comment'],
  properties: { comment: { type: 'object', required: ['body'], properties: { body: filled(10_000) } } },
});

export const CommentParams = defineSchema({
  type: 'object',
  required: ['slug', 'id'],
  properties: { slug: { type: 'string' }, id: { type: 'integer', minimum: 1, maximum: 2_147_483_647 } },
});
