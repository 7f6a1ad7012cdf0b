import type { Queryable } from '../../kernel/database/index.ts';
import { ok, rule, violated } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';

/** A certificate of registration that the exchange recognises for a resource or product. */
export interface RightsEvidence {
  readonly number: string;
  readonly kind: string;
  /** The limit its registry remarked; null where there is none. */
  readonly restriction: Text | null;
}
type Source = (q: Queryable, subjectIds: readonly string[], at: Date) => Promise<readonly RightsEvidence[]>;

let source: Source = async () => [];

/** Recognition comes later in the house than products: it connects itself when it is loaded. */
export function connectRightsEvidence(given: Source): void {
  source = given;
}

/** Certificates that stand today for these subjects. */
export const rightsEvidenceOf: Source = (q, subjectIds, at) => source(q, subjectIds, at);

/** 权利受限的数据不得交易. */
export const notRestricted = rule<{ readonly rightsEvidence: readonly RightsEvidence[] }>({
  id: 'DPR-23.1',
  title: text('权利未受限制', 'The rights are not restricted'),
  decide: ({ rightsEvidence }) => {
    const limited = rightsEvidence.filter((e) => e.restriction !== null);
    return limited.length === 0
      ? ok()
      : violated(
          text(
            `登记证书备注了权利限制：${limited.map((e) => `${e.number}（${e.restriction?.zh}）`).join('、')}。`,
            `Certificates of registration remark a limit: ${limited.map((e) => `${e.number} (${e.restriction?.en})`).join(', ')}.`,
          ),
          text(
            '请先在登记机构解除限制，并请交易所更新认可。',
            'Have the registry lift the limit first, then ask the exchange to recognise it anew.',
          ),
        );
  },
  examples: [
    { name: 'no certificate', at: '2026-11-25', facts: { rightsEvidence: [] }, expect: 'ok' },
    {
      name: 'one without a limit',
      at: '2026-11-25',
      facts: { rightsEvidence: [{ number: 'SJ1', kind: 'data-rights', restriction: null }] },
      expect: 'ok',
    },
    {
      name: 'preserved by a court',
      at: '2026-11-25',
      facts: {
        rightsEvidence: [{ number: 'SJ1', kind: 'data-rights', restriction: { zh: '司法保全', en: 'preservation' } }],
      },
      expect: 'violated',
    },
  ],
});
