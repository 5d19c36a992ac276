import { RegExpParser, visitRegExpAST, type AST } from '@eslint-community/regexpp';
import { isDisjointWith, JS, NFA, type Expression, type NoParent } from 'refa';

/** Fewer rounds than this cannot double the work often enough to matter. */
const MANY_ROUNDS = 10;
const MOST_ALTERNATIVES = 32;
const MOST_NODES = 2_000;

/**
 * Whether a repeated choice can match one text in two ways, as `(\w|\d)*` and `(a|aa)+` can: a backtracking engine then tries
 * two ways for each round. (scslre looks at repetitions inside repetitions and merges such choices before it looks.)
 */
export function hasAmbiguousLoop(expression: RegExp): boolean {
  let found = false;
  const ast = new RegExpParser().parseLiteral(`/${expression.source}/${expression.flags}`);
  visitRegExpAST(ast, {
    onQuantifierEnter(quantifier) {
      if (!found && quantifier.max >= MANY_ROUNDS && isAmbiguous(quantifier.element, ast)) found = true;
    },
  });
  return found;
}

function isAmbiguous(element: AST.Element, ast: AST.RegExpLiteral): boolean {
  if ((element.type !== 'Group' && element.type !== 'CapturingGroup') || element.alternatives.length < 2) return false;
  if (element.alternatives.length > MOST_ALTERNATIVES) return false;
  try {
    const parser = JS.Parser.fromAst(ast);
    const choices = element.alternatives.map((alternative) =>
      parser.parseElement(alternative, { assertions: 'disable', backreferences: 'disable' }),
    );
    const automata = choices.map((choice) => toNfa(choice.expression, choice.maxCharacter));
    const rounds = twoOrMore(choices.map((choice) => choice.expression));
    const repeated = toNfa(rounds, choices[0]?.maxCharacter ?? 0);
    return automata.some((one, index) => overlaps(one, repeated) || automata.slice(index + 1).some((other) => overlaps(one, other)));
  } catch {
    return false; // too large to tell: the other analysis has the last word
  }
}

function toNfa(expression: NoParent<Expression>, maxCharacter: number): NFA {
  return NFA.fromRegex(expression, { maxCharacter }, {}, new NFA.LimitedNodeFactory(MOST_NODES));
}

function overlaps(left: NFA, right: NFA): boolean {
  return !isDisjointWith(left, right);
}

/** The loop's body taken at least twice: a choice that equals some rounds of others is ambiguous too. */
function twoOrMore(choices: readonly NoParent<Expression>[]): NoParent<Expression> {
  const alternatives = choices.flatMap((choice) => choice.alternatives);
  return {
    type: 'Expression',
    alternatives: [{ type: 'Concatenation', elements: [{ type: 'Quantifier', min: 2, max: Infinity, lazy: false, alternatives }] }],
  };
}
