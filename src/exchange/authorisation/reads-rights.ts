import { sql } from 'kysely';
import { z } from 'zod';
import { afterOf, PageQuery, page, pageOf, type Read, read, signedIn } from '../../kernel/acts/index.ts';
import { seesAllCases } from '../../kernel/cases/index.ts';
import { text } from '../../kernel/text.ts';
import { ResourceId } from '../catalog/index.ts';
import { AgreementId, RowFilter, ScenarioId } from './model.ts';
import { namesOf, Party, sideOfCase } from './reads-shared.ts';

const STATES = ['live', 'suspended', 'ended'] as const;

/** A right to use public data: of what, for what, until when, and what of it is left. */
const UseRight = z.object({
  id: z.string(),
  resource: z.object({ id: z.string(), title: z.string() }),
  holder: Party,
  operator: Party,
  purpose: z.string(),
  scenario: z.object({ id: z.string(), title: z.string() }),
  agreementId: z.string(),
  applicationId: z.string(),
  columns: z.array(z.string()).nullable(),
  rowFilter: z.array(RowFilter),
  grantedAt: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  state: z.enum(STATES),
  suspendedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedReason: z.string().nullable(),
  /** Rows that all uses together may read, and have read. */
  rowsMax: z.number().nullable(),
  rowsUsed: z.number(),
  uses: z.number().int(),
  usesMax: z.number().int().nullable(),
});

interface RightRow {
  readonly id: string;
  readonly resource_id: string;
  readonly resource: string;
  readonly holder_id: string;
  readonly party_id: string;
  readonly purpose: string;
  readonly scenario_id: string;
  readonly scenario: string;
  readonly agreement_id: string;
  readonly application_id: string;
  readonly columns: string[] | null;
  readonly row_filter: z.infer<typeof RowFilter>[];
  readonly granted_at: Date;
  readonly valid_until: Date;
  readonly suspended_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly rows_max: string | number | null;
  readonly rows_used: string | number;
  readonly uses: number;
  readonly uses_max: number | null;
}

/** The operating unit sees its own, a provider every right on its data, the authorising side those it gave, supervisors all. */
const rights = read({
  path: '/use-rights',
  title: text('数据使用权', 'Rights to use data'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({
    agreement: AgreementId.optional(),
    scenario: ScenarioId.optional(),
    resource: ResourceId.optional(),
    state: z.enum(STATES).optional(),
  }),
  output: pageOf(UseRight),
  run: async ({ db, actor, query, at }) => {
    const after = afterOf(query.cursor) ?? null;
    const ended = sql`(u.revoked_at is not null or u.valid_until <= ${at})`;
    const inState = {
      live: sql`not ${ended} and u.suspended_at is null`,
      suspended: sql`not ${ended} and u.suspended_at is not null`,
      ended,
    };
    const mine = seesAllCases(actor)
      ? sql`true`
      : sql`(u.party_id = ${actor.partyId} or r.holder_id = ${actor.partyId} or ${sideOfCase(actor, 'g.case_id')})`;
    const { rows } =
      await sql<RightRow>`select u.*, r.title as resource, r.holder_id, s.title as scenario, g.application_id
      from resource_authorisation u join resource r on r.id = u.resource_id
      join data_scenario s on s.id = u.scenario_id join operation_agreement g on g.id = u.agreement_id
     where (${after}::text is null or u.id < ${after})
       and (${query.agreement ?? null}::text is null or u.agreement_id = ${query.agreement ?? null})
       and (${query.scenario ?? null}::text is null or u.scenario_id = ${query.scenario ?? null})
       and (${query.resource ?? null}::text is null or u.resource_id = ${query.resource ?? null})
       and ${query.state ? inState[query.state] : sql`true`} and ${mine}
     order by u.id desc limit ${query.limit + 1}`.execute(db);
    const { items, nextCursor } = page(rows, query.limit, (u) => u.id);
    const name = await namesOf(
      db,
      items.flatMap((u) => [u.party_id, u.holder_id]),
    );
    return {
      items: items.map((u) => {
        const over = u.revoked_at !== null || u.valid_until <= at;
        const endedAt = u.revoked_at ?? (over ? u.valid_until : null);
        return {
          id: u.id,
          resource: { id: u.resource_id, title: u.resource },
          holder: name(u.holder_id),
          operator: name(u.party_id),
          purpose: u.purpose,
          scenario: { id: u.scenario_id, title: u.scenario },
          agreementId: u.agreement_id,
          applicationId: u.application_id,
          columns: u.columns,
          rowFilter: u.row_filter,
          grantedAt: u.granted_at.toISOString(),
          validUntil: u.valid_until.toISOString(),
          state: over ? ('ended' as const) : u.suspended_at ? ('suspended' as const) : ('live' as const),
          suspendedAt: u.suspended_at?.toISOString() ?? null,
          endedAt: endedAt?.toISOString() ?? null,
          endedReason: u.revocation_reason,
          rowsMax: u.rows_max === null ? null : Number(u.rows_max),
          rowsUsed: Number(u.rows_used),
          uses: u.uses,
          usesMax: u.uses_max,
        };
      }),
      nextCursor,
    };
  },
});

export const rightReads: readonly Read[] = [rights];
