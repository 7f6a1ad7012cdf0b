import { notApplicable, ok, rule, violated } from '../../../kernel/rulebook/index.ts';
import { text } from '../../../kernel/text.ts';
import { groundTitle, type REFUSAL_GROUNDS } from './model.ts';
import { DAY, STATED, type StatedFacts } from './rules-stated.ts';

interface HolderFacts {
  readonly holder: {
    readonly statedName: string;
    readonly statedUscc: string;
    readonly name: string;
    readonly uscc: string;
  };
}

/** 证书权利人为申请单位. */
export const holderIsParty = rule<HolderFacts>({
  id: 'HS-7.34',
  title: text('证书权利人为申请单位', 'Its holder is the party that brings it'),
  decide: ({ holder }) =>
    holder.statedUscc === holder.uscc && holder.statedName === holder.name
      ? ok()
      : violated(
          text(
            `证书载明权利人“${holder.statedName}”（${holder.statedUscc}），申请单位为“${holder.name}”（${holder.uscc}）。`,
            `It names “${holder.statedName}” (${holder.statedUscc}); the party is “${holder.name}” (${holder.uscc}).`,
          ),
          text(
            '请由证书载明的权利人办理，或先向登记机构办理变更登记。',
            'Its own holder brings it; or have the registry change it first.',
          ),
        ),
  examples: [
    {
      name: 'the same',
      at: DAY,
      facts: { holder: { statedName: '甲', statedUscc: 'A', name: '甲', uscc: 'A' } },
      expect: 'ok',
    },
    {
      name: 'another name',
      at: DAY,
      facts: { holder: { statedName: '乙', statedUscc: 'A', name: '甲', uscc: 'A' } },
      expect: 'violated',
    },
    {
      name: 'another code',
      at: DAY,
      facts: { holder: { statedName: '甲', statedUscc: 'B', name: '甲', uscc: 'A' } },
      expect: 'violated',
    },
  ],
});

interface SubjectFacts {
  readonly stated: StatedFacts;
  /** A resource of public data, as its holder registered it; a product made by authorised operation is none. */
  readonly publicResource: boolean;
}

/** 党政机关的公共数据不予产权登记. */
export const registrable = rule<SubjectFacts>({
  id: 'DPR-15.1',
  title: text('公共数据不予产权登记', 'Public data is not registrable'),
  decide: ({ stated, publicResource }) => {
    if (stated.kind !== 'data-rights') return notApplicable();
    return publicResource
      ? violated(
          text('该数据资源为党政机关的公共数据。', 'The resource is public data of a party or government organ.'),
          text(
            '公共数据资源不凭数据产权登记凭证确权；授权运营形成的产品可以登记。',
            'A public data resource is not held by a certificate of rights; products of authorised operation can be.',
          ),
        )
      : ok();
  },
  examples: [
    { name: 'a company’s own data', at: DAY, facts: { stated: STATED, publicResource: false }, expect: 'ok' },
    { name: 'public data', at: DAY, facts: { stated: STATED, publicResource: true }, expect: 'violated' },
    {
      name: 'a data-IP certificate',
      at: DAY,
      facts: { stated: { ...STATED, kind: 'data-ip' }, publicResource: true },
      expect: 'not-applicable',
    },
  ],
});

/** 权利种类与证书种类相符: rights of the guideline on its own certificates, data IP on the others. */
export const rightsOfKind = rule<{ readonly stated: StatedFacts; readonly rights: readonly string[] }>({
  id: 'DPR-3.1',
  title: text('权利种类与证书相符', 'The rights are those such a certificate states'),
  decide: ({ stated, rights }) => {
    const fits = rights.length > 0 && rights.every((r) => (r === 'ip') === (stated.kind === 'data-ip'));
    return fits
      ? ok()
      : violated(
          text(
            '数据产权登记凭证载明持有权、使用权、经营权；数据知识产权登记证书载明数据知识产权。',
            'A data-rights certificate states rights to hold, use and operate; a data-IP certificate states data intellectual property.',
          ),
          text('请按证书所载选择权利。', 'Choose the rights the certificate states.'),
        );
  },
  examples: [
    { name: 'two rights', at: DAY, facts: { stated: STATED, rights: ['hold', 'operate'] }, expect: 'ok' },
    { name: 'data IP', at: DAY, facts: { stated: { ...STATED, kind: 'data-ip' }, rights: ['ip'] }, expect: 'ok' },
    { name: 'mixed', at: DAY, facts: { stated: STATED, rights: ['hold', 'ip'] }, expect: 'violated' },
    { name: 'none', at: DAY, facts: { stated: STATED, rights: [] }, expect: 'violated' },
  ],
});

export interface DuplicateFacts {
  /** Other imports of the same number of the same registry, or with the same file: how many, and how many recognised. */
  readonly sameNumber: number;
  readonly sameNumberRecognised: number;
  readonly sameFileElsewhere: number;
}
const ALONE: DuplicateFacts = { sameNumber: 0, sameNumberRecognised: 0, sameFileElsewhere: 0 };

/** 同一证书只认可一次. */
export const recognisedOnce = rule<{ readonly duplicates: DuplicateFacts }>({
  id: 'HS-7.35',
  title: text('同一证书只认可一次', 'A certificate is recognised once'),
  decide: ({ duplicates: { sameNumberRecognised, sameFileElsewhere } }) =>
    sameNumberRecognised === 0 && sameFileElsewhere === 0
      ? ok()
      : violated(
          text(
            `该登记机构的同一编号已认可 ${sameNumberRecognised} 件，同一文件被用于其他编号或者单位 ${sameFileElsewhere} 件。`,
            `The number of this registry is recognised already (${sameNumberRecognised}), the same paper was used for another number or party (${sameFileElsewhere}).`,
          ),
          text(
            '请以“同一证书已被认可”为由不予认可，并核查先前的认可。',
            'Refuse it as a duplicate, and look into the earlier one.',
          ),
        ),
  examples: [
    { name: 'alone', at: DAY, facts: { duplicates: ALONE }, expect: 'ok' },
    {
      name: 'brought twice, recognised never',
      at: DAY,
      facts: { duplicates: { ...ALONE, sameNumber: 1 } },
      expect: 'ok',
    },
    {
      name: 'recognised before',
      at: DAY,
      facts: { duplicates: { ...ALONE, sameNumber: 1, sameNumberRecognised: 1 } },
      expect: 'violated',
    },
    {
      name: 'the paper of another',
      at: DAY,
      facts: { duplicates: { ...ALONE, sameFileElsewhere: 1 } },
      expect: 'violated',
    },
  ],
});

/** 与产品登记凭证互认: each names the other, so what is registered here must stand in the log. */
export const crossReferenced = rule<{ readonly registration: string | null }>({
  id: 'SH-13.2',
  title: text('与本所登记凭证互认', 'Recognised beside the registration here'),
  decide: ({ registration }) =>
    registration === null
      ? violated(
          text('标的在本所没有登记存证。', 'The subject has no registration in the log here.'),
          text('请先在本所登记资源或者挂牌产品。', 'Register the resource or list the product here first.'),
        )
      : ok(),
  examples: [
    { name: 'registered', at: DAY, facts: { registration: 'rct_1' }, expect: 'ok' },
    { name: 'not registered', at: DAY, facts: { registration: null }, expect: 'violated' },
  ],
});

/** 采信登记凭证: without a good reason none is refused, and a reason that can be checked must be so. */
export const goodReason = rule<{ readonly ground: string; readonly supported: boolean | null }>({
  id: 'DPR-31.1',
  title: text('无正当理由不得不予采信', 'None is refused without good reason'),
  decide: ({ ground, supported }) =>
    supported === false
      ? violated(
          text(`核对结果不支持“${groundTitle(ground).zh}”。`, `The checks do not bear out: ${groundTitle(ground).en}.`),
          text('请据核对结果认可，或选择相符的理由。', 'Recognise it, or choose the reason that fits.'),
        )
      : ok(),
  examples: [
    { name: 'a duplicate that is one', at: DAY, facts: { ground: 'duplicate', supported: true }, expect: 'ok' },
    { name: 'a duplicate that is none', at: DAY, facts: { ground: 'duplicate', supported: false }, expect: 'violated' },
    {
      name: 'what only the registry can say',
      at: DAY,
      facts: { ground: 'not-genuine', supported: null },
      expect: 'ok',
    },
  ],
});

/** The grounds that the machine can check; the others are for people. */
export function supportOf(
  ground: keyof typeof REFUSAL_GROUNDS,
  { duplicates, expired, mismatch }: { duplicates: DuplicateFacts; expired: boolean; mismatch: boolean },
): boolean | null {
  if (ground === 'duplicate') return duplicates.sameNumberRecognised > 0 || duplicates.sameFileElsewhere > 0;
  if (ground === 'expired') return expired;
  if (ground === 'holder-mismatch') return mismatch;
  return null;
}
