import { type Text, text } from '../../../kernel/text.ts';

/** Why a query is refused: its form only, never the data. The codes are fixed, others rely on them. */
export const PROBLEM_CODES = [
  'syntax',
  'statement',
  'size',
  'clause',
  'table',
  'join',
  'column',
  'use',
  'function',
  'aggregate',
  'expression',
  'constant',
  'cast',
  'group',
  'output',
  'limit',
  'name',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  readonly code: ProblemCode;
  /** Where in the query. */
  readonly clause: string;
  /** What is wrong and what may be written instead. */
  readonly message: Text;
}

const PROBLEMS_MAX = 20;
const ECHO_MAX = 60;

/** A name out of the query, safe to be shown again. */
export function echo(name: string): string {
  const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
  return plain.length > ECHO_MAX ? `${plain.slice(0, ECHO_MAX)}…` : plain;
}

/** Gathers what is wrong, so that the asker sees all of it at once. */
export class Problems {
  readonly found: Problem[] = [];
  /** Answers undefined, to be returned by whoever could not read its part. */
  add(code: ProblemCode, clause: string, zh: string, en: string): undefined {
    if (this.found.length < PROBLEMS_MAX) this.found.push({ code, clause, message: text(zh, en) });
    return undefined;
  }
}
