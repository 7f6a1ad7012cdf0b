import { z } from 'zod';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import { oneAtATime } from '../../kernel/cases/index.ts';
import { canonical, sha256Hex } from '../../kernel/evidence/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { gather } from './gather.ts';
import { DisclosureId, yearOf } from './model.ts';
import * as rules from './rules.ts';

export const DISCLOSERS = ['operating-unit', 'data-authority', 'data-provider'] as const;
const FIRST_YEAR = 2020;
const LAST_YEAR = 2100;
export const Year = z.coerce.number().int().min(FIRST_YEAR).max(LAST_YEAR);

/** 发布年度信息披露: what the notice asks of an implementing body and of an operating unit, computed and published as it stands. */
const publish = act({
  name: 'disclosure.publish',
  title: text('发布年度信息披露', 'Publish the yearly disclosure'),
  by: role(...DISCLOSERS),
  input: z.object({
    year: z.number().int().min(FIRST_YEAR).max(LAST_YEAR).meta({ title: '披露年度', 'x-title-en': 'Year' }),
  }),
  output: z.object({ disclosureId: DisclosureId, version: z.number().int(), sha256: z.string() }),
  rules: [
    rules.yearIsOver,
    rules.implementingComplete,
    rules.operatingComplete,
    rules.saysSomethingNew,
    rules.disclosedInTime,
  ],
  facts: async ({ tx, actor, input }) => {
    const partyId = actor.partyId ?? '';
    await oneAtATime(tx, `disclosure ${partyId} ${input.year}`);
    const gathered = await gather(tx, partyId, input.year);
    if (!gathered) throw notFound();
    const { document: found, missing } = gathered;
    const document = canonical(found);
    const last = await tx
      .selectFrom('disclosure')
      .select(['version', 'sha256'])
      .where('party_id', '=', partyId)
      .where('year', '=', input.year)
      .orderBy('version', 'desc')
      .executeTakeFirst();
    return {
      partyId,
      document,
      year: input.year,
      yearEnds: yearOf(input.year).until.toISOString(),
      tookPart: found.implementing !== null || found.operating !== null,
      implementing: { missing: missing.implementing, concerns: found.implementing !== null },
      operating: { missing: missing.operating, concerns: found.operating !== null },
      sha256: sha256Hex(document),
      publishedSha256: last?.sha256 ?? null,
      version: (last?.version ?? 0) + 1,
    };
  },
  perform: async ({ tx, input, facts: { partyId, document, sha256, version }, at, actId }) => {
    const disclosureId = newId('dsc');
    await tx
      .insertInto('disclosure')
      .values({
        id: disclosureId,
        party_id: partyId,
        year: input.year,
        version,
        document,
        sha256,
        published_at: at,
        published_act: actId,
      })
      .execute();
    return { disclosureId, version, sha256 };
  },
  entry: ({ input, result }) => ({
    subject: result.disclosureId,
    public: true,
    open: { year: input.year, version: result.version, document: `sha256:${result.sha256}` },
  }),
});

export const acts: readonly Act[] = [publish];
