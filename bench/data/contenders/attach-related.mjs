// What an application without an ORM writes by hand: puts related rows to the rows that they belong to.

/** Gives `articles` with `author`, `tags` and `comments`; a tag's row says its `articleId`, which does not stay. */
export function attachRelated(articles, authors, tags, comments) {
  const authorOf = new Map(authors.map((author) => [author.id, author]));
  const byId = new Map();
  for (const article of articles) {
    article.author = authorOf.get(article.authorId);
    article.tags = [];
    article.comments = [];
    byId.set(article.id, article);
  }
  for (const { articleId, id, label } of tags) byId.get(articleId).tags.push({ id, label });
  for (const comment of comments) byId.get(comment.articleId).comments.push(comment);
  return articles;
}

/** The keys of a page's articles and of their authors, each once. */
export const keysOf = (articles) => ({ ids: articles.map((row) => row.id), authorIds: [...new Set(articles.map((row) => row.authorId))] });
