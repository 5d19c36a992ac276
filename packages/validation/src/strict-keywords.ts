import type { _ as Code, CodeKeywordDefinition, ErrorObject } from 'ajv';
import { isPlainPrototype } from './plain-prototype.js';

/** The number of Unicode code points of a text, which is what JSON Schema counts as its length. */
function countPoints(text: string): number {
  let points = text.length;
  for (let index = 1; index < text.length; index++) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800) {
      points -= 1;
      index += 1; // the low half is used up
    }
  }
  return points;
}

/**
 * The keywords of strict-schema.ts. A text of n units has between n / 2 and n code points, so nearly every length is judged
 * without counting. Takes ajv's code template, so that one file holds ajv.
 */
export function strictKeywords(_: typeof Code): readonly CodeKeywordDefinition[] {
  return [
    {
      keyword: 'unitsAtMost',
      type: 'string',
      schemaType: 'number',
      code(cxt) {
        cxt.fail(_`${cxt.data}.length > ${cxt.schema as number}`);
      },
    },
    {
      keyword: 'pointsAtMost',
      type: 'string',
      schemaType: 'number',
      error: { message: '', params: ({ schema }) => _`{ limit: ${schema as number} }` },
      code(cxt) {
        const limit = cxt.schema as number;
        cxt.fail(_`${cxt.data}.length > ${limit} && (${cxt.data}.length > ${2 * limit} || ${counter(cxt.gen)}(${cxt.data}) > ${limit})`);
      },
    },
    {
      keyword: 'pointsAtLeast',
      type: 'string',
      schemaType: 'number',
      error: { message: '', params: ({ schema }) => _`{ limit: ${schema as number} }` },
      code(cxt) {
        const limit = cxt.schema as number;
        cxt.fail(
          _`${cxt.data}.length < ${limit} || (${cxt.data}.length < ${2 * limit - 1} && ${counter(cxt.gen)}(${cxt.data}) < ${limit})`,
        );
      },
    },
    {
      keyword: 'safeInteger',
      type: 'number',
      schemaType: 'boolean',
      code(cxt) {
        cxt.fail(_`!Number.isSafeInteger(${cxt.data})`);
      },
    },
    {
      keyword: 'plainObject',
      type: 'object',
      schemaType: 'boolean',
      before: 'required',
      code(cxt) {
        const prototype = cxt.gen.const('prototype', _`Object.getPrototypeOf(${cxt.data})`);
        const isPlain = cxt.gen.scopeValue('func', { ref: isPlainPrototype });
        cxt.fail(_`${prototype} !== Object.prototype && !${isPlain}(${prototype})`);
      },
    },
  ];
}

/** An error of the strict form in the words of JSON Schema; undefined for what the preparation of the value tells itself. */
export function toSchemaError(error: ErrorObject): ErrorObject | undefined {
  if (error.keyword === 'pointsAtMost') return { ...error, keyword: 'maxLength' };
  if (error.keyword === 'pointsAtLeast') return { ...error, keyword: 'minLength' };
  if (error.keyword === 'plainObject') return { ...error, keyword: 'type', params: { type: 'object' } };
  return error.keyword === 'unitsAtMost' || error.keyword === 'safeInteger' ? undefined : error;
}

function counter(gen: Parameters<CodeKeywordDefinition['code']>[0]['gen']) {
  return gen.scopeValue('func', { ref: countPoints });
}
