import { describe, expect, test } from 'vitest';
import { get, html, inject, type Html, type HtmlValue } from '@plinth/http';
import { build } from './support/serve.js';

// By another name, so that the formatter leaves the templates as they stand.
const h = html;
const evil = `"><script>alert('1')</script>&\``;

test('a document is declared with html() and made with the tag', async () => {
  const query = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
  const hello = get('/hello', { open: true, query, returns: { 200: html() } }, ({ query }) => h`<p>Hello, ${query.name}!</p>`);
  await using server = await build({ routes: [hello] });
  const response = await inject(server.app, { url: `/hello?name=${encodeURIComponent(evil)}` });
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.text()).toBe('<p>Hello, &#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;&#96;!</p>');
});

describe('a value', () => {
  test('is escaped in text and in quoted attributes', () => {
    const escaped = '&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;&#96;';
    expect(String(h`<b>${evil}</b>`)).toBe(`<b>${escaped}</b>`);
    expect(String(h`<b title="${evil}" lang='${evil}'></b>`)).toBe(`<b title="${escaped}" lang='${escaped}'></b>`);
    expect(String(h`<title>${evil}</title><textarea>${evil}</textarea>`)).toBe(`<title>${escaped}</title><textarea>${escaped}</textarea>`);
  });

  test('may be a number, nothing, a list, or markup', () => {
    expect(String(h`${1}${2n}${null}${undefined}${false}${true}${['<', [h`<i>`, 3]]}`)).toBe('12&#60;<i>3');
    expect(String(h`<ul>${['a', '<b>'].map((name) => h`<li>${name}</li>`)}</ul>`)).toBe('<ul><li>a</li><li>&#60;b&#62;</li></ul>');
    expect(String(h`${html.raw('<hr>')}`)).toBe('<hr>');
    const raw = html.raw('a "quoted" &amp; text');
    expect(String(h`<b title="${raw}"></b>`)).toBe('<b title="a &#34;quoted&#34; &amp; text"></b>');
  });

  test('that only looks like markup is text', () => {
    const fake = { text: '<script>', kind: 'raw', toString: () => '<script>' } as unknown as HtmlValue;
    expect(String(h`${fake}`)).toBe('&#60;script&#62;');
  });

  test('cannot choose the protocol of a link', () => {
    const link = (url: string): string => /href="([^"]*)"/.exec(String(h`<a href="${url}">x</a>`))?.[1] ?? '';
    const schemes = [
      'JaVaScript:alert(1)',
      ' \u0001javascript:alert(1)',
      'java\nscript:alert(1)',
      'vbscript:x',
      'data:text/html,x',
      'blob:x',
    ];
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', ...schemes]) expect(link(url), url).toBe('about:invalid');
    for (const url of ['https://a.example/?q=1', '/path:1', 'mailto:a@b.example', '#top', '?a=b:c', 'relative/path', 'tel:+1'])
      expect(link(url), url).toBe(url);
    expect(String(h`<a href="/users/${'javascript:x'}"></a>`)).toBe('<a href="/users/javascript:x"></a>');
  });

  test('in a script is JSON that cannot end it', () => {
    const value = { name: '</script><!--\u2028', list: [1] };
    const text = String(h`<script type="application/json">${html.json(value)}</script>`);
    expect(text).toBe('<script type="application/json">{"name":"\\u003c/script\\u003e\\u003c!--\\u2028","list":[1]}</script>');
    expect(JSON.parse(text.slice(text.indexOf('>') + 1, text.lastIndexOf('<')))).toEqual(value);
    expect(String(html.json(undefined))).toBe('null');
  });
});

test('a place where no escaping is safe is refused (HTTP_HTML)', () => {
  const v = 'x';
  const wrong: (() => Html)[] = [
    () => h`<a href=${v}>`,
    () => h`<a title=a${v}>`,
    () => h`<a ${v}>`,
    () => h`<a title="x"${v}>`,
    () => h`<${v}>`,
    () => h`</${v}>`,
    () => h`<a on${v}="x">`,
    () => h`<a onclick="f('${v}')">`,
    () => h`<a ONCLICK="${v}">`,
    () => h`<a style="color: ${v}">`,
    () => h`<iframe srcdoc="${v}"></iframe>`,
    () => h`<img srcset="${v}">`,
    () => h`<a href="javascript:f(${v})">`,
    () => h`<a href="${v}${v}">`,
    () => h`<a href="java${v}">`,
    () => h`<style>${v}</style>`,
    () => h`<!-- ${v} -->`,
    () => h`<!doctype ${v}>`,
    () => h`<script>${v}</script>`,
    () => h`<script>${h`<b>`}</script>`,
    () => h`<script>let a = 1;</script x>${v}`,
    () => h`<b title="${v}`,
    () => h`<script>`,
    () => h`<!--`,
  ];
  for (const make of wrong) expect(make, make.toString()).toThrow(expect.objectContaining({ code: 'HTTP_HTML' }));
  expect(() => h`<p title = "${v}" hidden>${v}</p><br/><img src="/a" alt="${v}"/>1 < 2 ${v}`).not.toThrow();
});
