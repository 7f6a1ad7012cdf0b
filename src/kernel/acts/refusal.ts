import type { Text } from '../text.ts';

export type RefusalKind =
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'rule'
  | 'state'
  | 'conflict'
  | 'stale'
  | 'idempotency'
  | 'too-many'
  | 'too-large'
  | 'disk-full';

/** HTTP status of each kind; the words of the problem types are fixed, others rely on them. */
export const REFUSAL_STATUS: Readonly<Record<RefusalKind, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  invalid: 400,
  rule: 422,
  state: 409,
  conflict: 409,
  stale: 409,
  idempotency: 422,
  'too-many': 429,
  'too-large': 413,
  'disk-full': 507,
};

/** One reason of a refusal: the rule and its article, the fact that failed, and what to do next. */
export interface Violation {
  /** Row of the rulebook, such as `SH-10.1` or the house rule `HS-2.1`. */
  readonly rule: string;
  /** The article as people cite it, such as `上海规定（草案） 第十条第1款`; filled in from the rulebook. */
  readonly article: string;
  readonly fact: Text;
  readonly remedy: Text;
}

export interface Refusal {
  readonly kind: RefusalKind;
  readonly title: Text;
  readonly violations: readonly Violation[];
}

/** Thrown inside `facts` and `perform` only; `execute` turns it into a typed answer. */
export class Refused extends Error {
  override name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.title.en);
    this.refusal = refusal;
  }
}

/** A refusal under one rule: `throw refused('state', 'HS-4.1', title, fact, remedy)`; the article is filled in later. */
export function refused(kind: RefusalKind, rule: string, title: Text, fact: Text, remedy: Text): Refused {
  return new Refused({ kind, title, violations: [{ rule, article: '', fact, remedy }] });
}

/** The same words whether it does not exist or is not yours: a stranger learns nothing (house rule HS-1.4). */
export function notFound(): Refused {
  return refused(
    'not-found',
    'HS-1.4',
    { zh: '没有找到', en: 'Not found' },
    { zh: '没有这一项，或您无权查看。', en: 'It does not exist, or is not yours to see.' },
    { zh: '请核对编号，或请有权的单位办理。', en: 'Check the id, or ask the party that holds it.' },
  );
}
