import { z } from 'zod';
import { notFound, type Read, read, role } from '../../kernel/acts/index.ts';
import { dated, notApplicable, ok, rule, valueAt, violated } from '../../kernel/rulebook/index.ts';
import { TextSchema, text } from '../../kernel/text.ts';
import { type Dataset, DatasetId, type Finding, getDataset } from '../../kernel/vault/index.ts';
import { GRADES } from './model.ts';

const DAY = '2026-11-26';
/** Kinds that name a person by themselves; a place or a network address does so only beside one of them. */
const DIRECT: readonly Finding['kind'][] = [
  'identity-number',
  'passport',
  'bank-card',
  'mobile',
  'email',
  'name',
  'address',
  'plate',
];
export const namesPersons = (f: Finding): boolean => DIRECT.includes(f.kind) && f.strength !== 'masked';

export interface FindingFacts {
  /** Columns with a finding that the dictionary does not mark as sensitive. */
  readonly unanswered: readonly string[];
  readonly found: number;
  readonly declaredPersonal: boolean;
  readonly stated: boolean;
  /** Different persons the data may tell of, by the largest column of identifiers. */
  readonly personsFound: number;
  readonly gradeStated: string;
}

/** What the finder saw, beside what the holder says. */
export function findingFacts(
  dataset: Pick<Dataset, 'findings' | 'profile'>,
  said: {
    readonly columns: readonly { readonly name: string; readonly sensitive: boolean }[];
    readonly personal: boolean;
    readonly statement?: string | undefined;
    readonly grade: string;
  },
): FindingFacts {
  const found = (dataset.findings ?? []).filter(namesPersons);
  const sensitive = new Set(said.columns.filter((c) => c.sensitive).map((c) => c.name));
  return {
    unanswered: [...new Set(found.map((f) => f.column))].filter((name) => !sensitive.has(name)),
    found: found.length,
    declaredPersonal: said.personal,
    stated: (said.statement ?? '').trim() !== '',
    personsFound: personsOf(dataset),
    gradeStated: said.grade,
  };
}

/** Different persons the data may tell of, by the largest column of identifiers. */
export function personsOf({ findings, profile }: Pick<Dataset, 'findings' | 'profile'>): number {
  const found = new Set((findings ?? []).filter((f) => namesPersons(f) && !f.within).map((f) => f.column));
  return Math.max(0, ...(profile?.columns ?? []).filter((c) => found.has(c.name)).map((c) => c.distinct));
}

/**
 * What newer data show that the data before did not: what was answered once stays answered. Of data nobody looked at before,
 * everything is new.
 */
export function newFindings(dataset: Pick<Dataset, 'findings'>, before: Pick<Dataset, 'findings'> | undefined) {
  const known = new Set((before?.findings ?? []).filter(namesPersons).map((f) => `${f.kind} ${f.column}`));
  return (dataset.findings ?? []).filter((f) => !known.has(`${f.kind} ${f.column}`));
}

/** 疑似个人信息逐项处理: nothing is decided by the machine, and nothing it saw is passed over in silence. */
export const findingsAnswered = rule<FindingFacts>({
  id: 'HS-20.1',
  title: text('识别出的个人信息已处理', 'Personal data that was found is answered'),
  decide: ({ found, unanswered, declaredPersonal, stated }) => {
    if (!found) return notApplicable();
    if (stated) return ok();
    if (unanswered.at(0) !== undefined)
      return violated(
        text(
          `以下字段识别出疑似个人信息，未标为敏感：${unanswered.join('、')}。`,
          `These columns look like personal data and are not marked sensitive: ${unanswered.join(', ')}.`,
        ),
        text('请标为敏感字段；不是个人信息的，请说明理由。', 'Mark them sensitive; where they are none, state why.'),
      );
    return declaredPersonal
      ? ok()
      : violated(
          text('数据中识别出个人信息，但申报为不含个人信息。', 'Personal data was found, but none is declared.'),
          text('请勾选“含有个人信息”，或说明理由。', 'Declare personal information, or state why there is none.'),
        );
  },
  examples: [
    {
      name: 'nothing found',
      at: DAY,
      facts: {
        found: 0,
        unanswered: [],
        declaredPersonal: false,
        stated: false,
        personsFound: 0,
        gradeStated: 'general',
      },
      expect: 'not-applicable',
    },
    {
      name: 'marked and declared',
      at: DAY,
      facts: {
        found: 1,
        unanswered: [],
        declaredPersonal: true,
        stated: false,
        personsFound: 5,
        gradeStated: 'general',
      },
      expect: 'ok',
    },
    {
      name: 'marked, not declared',
      at: DAY,
      facts: {
        found: 1,
        unanswered: [],
        declaredPersonal: false,
        stated: false,
        personsFound: 5,
        gradeStated: 'general',
      },
      expect: 'violated',
    },
    {
      name: 'one column passed over',
      at: DAY,
      facts: {
        found: 2,
        unanswered: ['手机号'],
        declaredPersonal: true,
        stated: false,
        personsFound: 5,
        gradeStated: 'general',
      },
      expect: 'violated',
    },
    {
      name: 'passed over with a reason',
      at: DAY,
      facts: {
        found: 1,
        unanswered: ['法定代表人'],
        declaredPersonal: false,
        stated: true,
        personsFound: 5,
        gradeStated: 'general',
      },
      expect: 'ok',
    },
  ],
});

const PERSONS_IMPORTANT = dated({ from: '2025-01-01', value: 10_000_000, unit: 'person', reference: 'HS-20.2' });

/** 涉及一千万人以上的，按重要数据: the class and the grade stay the holder's word; the supervisor sees where it is low. */
export const gradedBySize = rule({
  id: 'HS-20.2',
  title: text('按涉及人数定级', 'Graded by how many persons it tells of'),
  effect: 'monitor',
  params: { persons: PERSONS_IMPORTANT },
  decide: ({ personsFound, gradeStated }: FindingFacts, { persons }) => {
    if (personsFound < persons) return notApplicable();
    return gradeStated === 'general'
      ? violated(
          text(
            `数据可能涉及${personsFound.toLocaleString('en-US')}人，定级为一般数据。`,
            `The data may tell of ${personsFound.toLocaleString('en-US')} persons and is graded general.`,
          ),
          text('请复核定级，建议为重要数据。', 'Review the grade; important is suggested.'),
        )
      : ok();
  },
  examples: [
    {
      name: 'one person fewer',
      at: DAY,
      facts: {
        personsFound: 9_999_999,
        gradeStated: 'general',
        found: 1,
        unanswered: [],
        declaredPersonal: true,
        stated: false,
      },
      expect: 'not-applicable',
    },
    {
      name: 'ten million, graded general',
      at: DAY,
      facts: {
        personsFound: 10_000_000,
        gradeStated: 'general',
        found: 1,
        unanswered: [],
        declaredPersonal: true,
        stated: false,
      },
      expect: 'violated',
    },
    {
      name: 'ten million, graded important',
      at: DAY,
      facts: {
        personsFound: 10_000_000,
        gradeStated: 'important',
        found: 1,
        unanswered: [],
        declaredPersonal: true,
        stated: false,
      },
      expect: 'ok',
    },
  ],
});

const Suggestion = z.object({
  datasetId: DatasetId,
  /** False for what was read before the finder looked. */
  looked: z.boolean(),
  containsPersonalInformation: z.boolean(),
  grade: z.enum(GRADES),
  /** Columns it would mark sensitive. */
  sensitive: z.array(z.string()),
  because: z.array(TextSchema),
});

/** 分类分级建议: what the finder would answer, for a person to take over or not. */
const suggestion = read({
  path: '/datasets/:datasetId/suggestion',
  title: text('分类分级建议', 'Suggested classification'),
  by: role('data-provider', 'operating-unit', 'data-merchant'),
  params: z.object({ datasetId: DatasetId }),
  query: z.object({}),
  output: Suggestion,
  run: async ({ db, actor, params, at }) => {
    const dataset = await getDataset(db, params.datasetId);
    if (!dataset || dataset.partyId !== actor.partyId) throw notFound();
    const found = (dataset.findings ?? []).filter(namesPersons);
    const persons = personsOf(dataset);
    const many = persons >= valueAt(PERSONS_IMPORTANT, at).value;
    // A place or a network address is sensitive where the same table names the person.
    const beside = found.length > 0 ? (dataset.findings ?? []).filter((f) => !found.includes(f)) : [];
    return {
      datasetId: dataset.id,
      looked: dataset.findings !== null,
      containsPersonalInformation: found.length > 0,
      grade: many ? ('important' as const) : ('general' as const),
      sensitive: [...new Set([...found, ...beside].map((f) => f.column))],
      because: [
        ...(found.length > 0
          ? [
              text(
                `识别出${found.length}处可识别自然人的信息（《个人信息保护法》第四条）。`,
                `${found.length} finding(s) that identify natural persons (PIPL, article 4).`,
              ),
            ]
          : []),
        ...(many
          ? [
              text(
                `可能涉及${persons.toLocaleString('en-US')}人（《网络数据安全管理条例》第二十八条）。`,
                `It may tell of ${persons.toLocaleString('en-US')} persons (Network Data Security Regulations, article 28).`,
              ),
            ]
          : []),
      ],
    };
  },
});

export const findingReads: readonly Read[] = [suggestion];
