import { Type } from 'typebox';
import { Type as Type034 } from '@sinclair/typebox';
import type { Schema } from '../../src/index.js';

Type.Object({ a: Type.Optional(Type.String()) }) satisfies Schema;
Type.Unsafe<Date>(Type.String()) satisfies Schema;
Type.Union([Type.String(), Type.Null()]) satisfies Schema;
Type.Optional(Type.Integer()) satisfies Schema;
Type.Cyclic({ Node: Type.Object({ kids: Type.Array(Type.Ref('Node')) }) }, 'Node') satisfies Schema;
Type034.Object({ a: Type034.Optional(Type034.String()) }) satisfies Schema;
// @ts-expect-error a text is no schema
'string' satisfies Schema;
