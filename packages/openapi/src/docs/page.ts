import { posix } from 'node:path';
import type { ContentSecurityPolicy } from '@plinth/http';

/** Where the page and the document are served. */
export interface PageOptions {
  readonly title: string;
  /** Path of the page. */
  readonly docs: string;
  /** Path of the document. */
  readonly document: string;
}

/** The policy of the page: scripts, styles and requests of its own origin, nothing inline that could run, nothing from elsewhere. */
export const PAGE_POLICY = {
  defaultSrc: ['none'],
  scriptSrc: ['self'],
  styleSrc: ['self'],
  connectSrc: ['self'],
  formAction: ['none'],
} as const satisfies ContentSecurityPolicy;

/** The docs page. Its links are relative, so that it works behind a proxy that adds a prefix. */
export function docsPage({ title, docs, document }: PageOptions): string {
  const folder = posix.basename(docs);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="openapi-document" content="${escape(posix.relative(posix.dirname(docs), document))}">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${escape(folder)}/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="${escape(folder)}/swagger-ui-bundle.js"></script>
<script src="${escape(folder)}/start.js"></script>
</body>
</html>
`;
}

/** The script that starts the page; a file of its own, since the policy allows no inline scripts. */
export const startScript = `SwaggerUIBundle({
  url: document.querySelector('meta[name=openapi-document]').content,
  dom_id: '#docs',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
