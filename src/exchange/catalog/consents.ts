import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { notApplicable, ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { text } from '../../kernel/text.ts';
import type { Consented } from '../../kernel/vault/index.ts';

/** What whoever gives or uses a right asks of the consents of those concerned; they come later in the house and connect themselves. */
export interface Consents {
  /** Living consents to a purpose that a party may rely on, counted in turn with withdrawals. */
  readonly living: (
    tx: Tx,
    of: { readonly resourceId: string; readonly purpose: string; readonly partyId: string },
  ) => Promise<number>;
  /** Which rows a right lets be read; null where consent is not by row. */
  readonly rows: (q: Queryable, authorisationId: string) => Promise<readonly Consented[] | null>;
}

let source: Consents = { living: async () => 0, rows: async () => null };
export function connectConsents(given: Consents): void {
  source = given;
}
export const consents = (): Consents => source;

const DAY = '2026-11-26';

export interface ConsentFacts {
  /** The resource holds personal information, or a column asked for is sensitive. */
  readonly needsConsent: boolean;
  readonly containsPersonalInformation: boolean;
  /** Living consents to this purpose. */
  readonly consents: number;
  readonly purposeAsked: string;
}
const facts = (consents: number, containsPersonalInformation = true, needsConsent = true): ConsentFacts => ({
  needsConsent,
  containsPersonalInformation,
  consents,
  purposeAsked: '客流指数产品',
});
const lacking = (purpose: string) =>
  violated(
    text(`没有覆盖用途“${purpose}”的有效同意。`, `No living consent covers the purpose “${purpose}”.`),
    text(
      '请先告知并取得同意，导入同意记录后再办理；或者只申请不含敏感信息的资源。',
      'Tell those concerned, obtain and record their consent first; or ask for data without sensitive information.',
    ),
  );

/** 敏感信息经授权使用: whose information it is has agreed to this very purpose, and the record stands. */
export const consentCovers = rule<ConsentFacts>({
  id: 'JN-6.2',
  title: text('敏感信息取得授权并留存记录', 'Sensitive information with recorded authorisation'),
  decide: ({ needsConsent, consents, purposeAsked }) => {
    if (!needsConsent) return notApplicable();
    return consents > 0 ? ok() : lacking(purposeAsked);
  },
  examples: [
    { name: 'one consent', at: DAY, facts: facts(1), expect: 'ok' },
    { name: 'none', at: DAY, facts: facts(0), expect: 'violated' },
    { name: 'sensitive, though of no person', at: DAY, facts: facts(0, false), expect: 'violated' },
    { name: 'nothing sensitive', at: DAY, facts: facts(0, false, false), expect: 'not-applicable' },
  ],
});

/** 向其他处理者提供须单独同意 */
export const separateConsent = rule<ConsentFacts>({
  id: 'PIPL-23.1',
  title: text('向他人提供个人信息须取得单独同意', 'Separate consent to pass personal information on'),
  decide: ({ containsPersonalInformation, consents, purposeAsked }) => {
    if (!containsPersonalInformation) return notApplicable();
    return consents > 0 ? ok() : lacking(purposeAsked);
  },
  examples: [
    { name: 'consented', at: DAY, facts: facts(1), expect: 'ok' },
    { name: 'not consented', at: DAY, facts: facts(0), expect: 'violated' },
    { name: 'no personal information', at: DAY, facts: facts(0, false), expect: 'not-applicable' },
  ],
});
