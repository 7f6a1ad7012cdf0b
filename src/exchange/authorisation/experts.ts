import type { Queryable } from '../../kernel/database/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { tiesBetween } from '../parties/index.ts';
import type { Announcement } from './model.ts';

/** Whom an expert's judgement touches. */
export const CONCERNED = ['applicant', 'authoriser', 'provider'] as const;
export type Concerned = (typeof CONCERNED)[number];
export const CONCERNED_TITLES: Readonly<Record<Concerned, Text>> = {
  applicant: text('申请人', 'the applicant'),
  authoriser: text('授权单位或者大数据主管部门', 'the authorising unit or the data authority'),
  provider: text('数据提供单位', 'the provider of the data'),
};

/**
 * Whom experts are tied to: the one who applies, those who authorise, and those whose data it is about. Whoever is tied to
 * any of them is no third party (art. 8(3)).
 */
export async function tiesOfExperts(
  q: Queryable,
  announcement: Pick<Announcement, 'authoriser_id' | 'authority_id' | 'resource_ids'>,
  applicantId: string,
  expertIds: readonly string[],
): Promise<ReadonlyMap<string, Concerned>> {
  const holders = await q
    .selectFrom('resource')
    .select('holder_id')
    .distinct()
    .where('id', 'in', announcement.resource_ids)
    .execute();
  const parts: Readonly<Record<Concerned, readonly string[]>> = {
    provider: holders.map((h) => h.holder_id),
    authoriser: [announcement.authoriser_id, announcement.authority_id],
    applicant: [applicantId],
  };
  const ties = await tiesBetween(q, expertIds, Object.values(parts).flat());
  return new Map(
    ties.flatMap(({ id, otherId }) => {
      const part = CONCERNED.find((c) => parts[c].includes(otherId));
      return part ? [[id, part] as const] : [];
    }),
  );
}
