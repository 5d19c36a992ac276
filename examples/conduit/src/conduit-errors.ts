import { defineErrors } from '@plinth/core';

/**
 * What can go wrong in Conduit itself. `extensions` name the key and the sentence that the specification gives each error;
 * `error-body.ts` writes them.
 */
export const CONDUIT_ERRORS = defineErrors('CONDUIT', {
  ARTICLE_NOT_FOUND: {
    kind: 'not-found',
    detail: 'There is no article with the slug "{slug}".',
    extensions: { errors: { article: ['not found'] } },
  },
  ARTICLE_FORBIDDEN: {
    kind: 'forbidden',
    detail: 'Only its author may change an article.',
    extensions: { errors: { article: ['forbidden'] } },
  },
  COMMENT_NOT_FOUND: { kind: 'not-found', detail: 'The article has no comment {id}.', extensions: { errors: { comment: ['not found'] } } },
  COMMENT_FORBIDDEN: {
    kind: 'forbidden',
    detail: 'Only its author may delete a comment.',
    extensions: { errors: { comment: ['forbidden'] } },
  },
  PROFILE_NOT_FOUND: { kind: 'not-found', detail: 'There is no user "{username}".', extensions: { errors: { profile: ['not found'] } } },
  TAKEN: { kind: 'conflict', detail: 'The {fields} has already been taken.' },
});

/** The error for a user name or e-mail address that somebody else has. */
export function taken(fields: readonly ('username' | 'email')[]): Error {
  const errors = Object.fromEntries(fields.map((field) => [field, ['has already been taken']]));
  return CONDUIT_ERRORS.TAKEN({ fields: fields.join(' and ') }, { extensions: { errors } });
}
