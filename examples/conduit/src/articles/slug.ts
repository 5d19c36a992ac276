import { randomBytes } from 'node:crypto';

const MAX = 180;

/** A title as part of a path: "Käse & Wein" becomes "kase-wein". Never empty. */
export function toSlug(title: string): string {
  const words = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = words.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return Array.from(slug).slice(0, MAX).join('').replace(/-$/, '') || 'article';
}

/** The same slug with an ending that nobody else has: 40 random bits. */
export function toDistinctSlug(title: string): string {
  return `${toSlug(title)}-${randomBytes(5).toString('hex')}`;
}
