import { sql } from 'kysely';
import { notFound, refused } from '../../kernel/acts/index.ts';
import type { Queryable, Tx } from '../../kernel/database/index.ts';
import { text } from '../../kernel/text.ts';
import type { Condition } from '../../kernel/vault/index.ts';
import type { DictionaryColumn, StoppedUse } from '../catalog/index.ts';
import type { Budget, Grant, Project } from './model.ts';

/** A grant with all that decides whether it may be used now, and how much is left of it. */
export interface GrantInHand {
  readonly grant: Grant;
  readonly resource: {
    readonly id: string;
    readonly title: string;
    readonly state: string;
    readonly datasetId: string | null;
    readonly objectId: string | null;
    readonly rows: number;
    readonly columns: readonly DictionaryColumn[];
    readonly publicData: boolean;
  };
  /** The right behind it; null for the audience's own table. */
  readonly right: {
    readonly id: string;
    readonly columns: readonly string[] | null;
    readonly rows: readonly Condition[];
    readonly usesMax: number | null;
    readonly usesLeft: number | null;
    readonly rowsLeft: number | null;
  } | null;
  /** Why the right, or the resource behind it, may not be used now. */
  readonly stopped: StoppedUse | null;
  /** The resource has newer data than the grant was given for, and the party was told exact numbers of people with older ones. */
  readonly newerData: boolean;
  readonly spent: { readonly uses: number; readonly cells: number; readonly epsilonMicro: number };
}

export async function getProject(q: Queryable, projectId: string): Promise<Project | undefined> {
  return q.selectFrom('sandbox_project').selectAll().where('id', '=', projectId).executeTakeFirst();
}

/** Locks a project of the party. @throws notFound when it does not exist or is another party's */
export async function lockProject(tx: Tx, projectId: string, partyId: string | null): Promise<Project> {
  const row = await tx
    .selectFrom('sandbox_project')
    .selectAll()
    .where('id', '=', projectId)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.party_id !== partyId) throw notFound();
  return row;
}

/** @throws Refused of kind `state` for a project that is closed */
export function requireOpen(project: Project): void {
  if (project.state === 'open') return;
  throw refused(
    'state',
    'HS-21.1',
    text('沙箱项目已关闭', 'The sandbox project is closed'),
    text('该项目已经关闭，不能再使用数据。', 'This project is closed; its data are used no more.'),
    text('如需继续，请设立新的项目并重新取得授权。', 'Open another project and obtain its grants.'),
  );
}

export interface GrantScope {
  readonly projectId?: string;
  readonly grantIds?: readonly string[];
  readonly holderId?: string;
  /** Revoked ones too. */
  readonly all?: boolean;
}

/** Whether the party was told of other data of the resource than those of now, in any project or by a query service. */
const toldOfOther = sql<boolean>`(exists (select from sandbox_grant o
    where o.audience_id = g.audience_id and o.resource_id = g.resource_id and o.object_id <> r.object_id)
  or exists (select from sandbox_service_call c
    where c.buyer_id = g.audience_id and c.objects ->> g.resource_id <> r.object_id))`;

/** Grants with what stands behind each, oldest first. */
export async function grantsInHand(
  q: Queryable,
  { projectId, grantIds, holderId, all = false }: GrantScope,
  at: Date,
): Promise<GrantInHand[]> {
  if (grantIds?.length === 0) return [];
  const rows = await q
    .selectFrom('sandbox_grant as g')
    .innerJoin('resource as r', 'r.id', 'g.resource_id')
    .leftJoin('resource_authorisation as a', 'a.id', 'g.authorisation_id')
    .leftJoin('sandbox_spent as s', (j) =>
      j.onRef('s.audience_id', '=', 'g.audience_id').onRef('s.resource_id', '=', 'g.resource_id'),
    )
    .leftJoin('sandbox_allowance as w', (j) =>
      j.onRef('w.audience', '=', 'g.audience_id').onRef('w.dataset', '=', 'g.resource_id'),
    )
    .selectAll('g')
    .select([
      'r.title',
      'r.state as resource_state',
      'r.dataset_id',
      'r.object_id',
      'r.rows as resource_rows',
      'r.columns as dictionary',
      'r.public_data',
      'r.data_at',
      'r.withdrawn_at',
      'a.columns as right_columns',
      'a.row_filter',
      'a.uses_max',
      'a.uses as right_uses',
      'a.rows_max',
      'a.rows_used',
      'a.revoked_at as right_revoked_at',
      'a.suspended_at',
      'a.valid_until as right_until',
      'a.holds',
      's.uses as spent_uses',
      'w.cells as spent_cells',
      'w.epsilon_micro as spent_epsilon',
      toldOfOther.as('told_of_other'),
    ])
    .$if(projectId !== undefined, (s) => s.where('g.project_id', '=', projectId ?? ''))
    .$if(grantIds !== undefined, (s) => s.where('g.id', 'in', [...(grantIds ?? [])]))
    .$if(holderId !== undefined, (s) => s.where('g.holder_id', '=', holderId ?? ''))
    .$if(!all, (s) => s.where('g.revoked_at', 'is', null))
    .orderBy('g.id')
    .execute();
  return rows.map((r) => {
    const stopped = (state: StoppedUse['state'], since: Date): StoppedUse => ({
      resource: r.title,
      state,
      forConsent: (r.holds ?? []).includes('consent'),
      since: since.toISOString(),
    });
    const left = (max: number | null, used: number | null) => (max === null ? null : max - (used ?? 0));
    return {
      grant: r,
      resource: {
        id: r.resource_id,
        title: r.title,
        state: r.resource_state,
        datasetId: r.dataset_id,
        objectId: r.object_id,
        rows: r.resource_rows,
        columns: r.dictionary,
        publicData: r.public_data,
      },
      right:
        r.authorisation_id === null
          ? null
          : {
              id: r.authorisation_id,
              columns: r.right_columns,
              rows: r.row_filter ?? [],
              usesMax: r.uses_max,
              usesLeft: left(r.uses_max, r.right_uses),
              rowsLeft: left(r.rows_max, r.rows_used),
            },
      stopped: r.revoked_at
        ? stopped('ended', r.revoked_at)
        : r.withdrawn_at
          ? stopped('ended', r.withdrawn_at)
          : r.right_revoked_at
            ? stopped('ended', r.right_revoked_at)
            : r.right_until !== null && r.right_until <= at
              ? stopped('expired', r.right_until)
              : r.valid_until <= at
                ? stopped('expired', r.valid_until)
                : r.suspended_at
                  ? stopped('suspended', r.suspended_at)
                  : null,
      // Its own data tell a party nothing new of anybody.
      newerData: r.audience_id !== r.holder_id && r.told_of_other && r.data_at !== null && r.granted_at < r.data_at,
      spent: {
        uses: Number(r.spent_uses ?? 0),
        cells: Number(r.spent_cells ?? 0),
        epsilonMicro: Number(r.spent_epsilon ?? 0),
      },
    };
  });
}

/** Whether answers under a grant are exact and about people: then the difference of two revisions of data tells of one. */
export const exactAboutPeople = ({ grant: { policy } }: Pick<GrantInHand, 'grant'>): boolean =>
  policy.personal && policy.privacy.kind === 'exact';

/** Columns that may be read under a grant: those of its policy that the right gives and the dictionary knows. */
export const grantedColumns = ({ grant, right, resource }: GrantInHand) =>
  grant.policy.columns.filter(
    (c) =>
      c.uses.length > 0 &&
      (right === null || right.columns === null || right.columns.includes(c.name)) &&
      resource.columns.some((d) => d.name === c.name),
  );

/** Of which whole the uses left are a part: the right's where it leaves fewer, else the policy's. */
export function usesMaxOf({ grant: { policy }, spent, right }: GrantInHand): number {
  if (right === null || right.usesLeft === null || right.usesMax === null) return policy.usesMax;
  return right.usesLeft < policy.usesMax - spent.uses ? right.usesMax : policy.usesMax;
}

/** What is left of a grant: what its policy allows less what the audience took of the resource in all its projects. */
export function budgetOf({ grant: { policy }, spent, right }: GrantInHand): Budget {
  const uses = policy.usesMax - spent.uses;
  return {
    usesLeft: Math.max(0, right?.usesLeft === null || right === null ? uses : Math.min(uses, right.usesLeft)),
    cellsLeft: Math.max(0, policy.cellsMax - spent.cells),
    epsilonLeftMicro:
      policy.privacy.kind === 'noise' ? Math.max(0, policy.privacy.epsilonTotal - spent.epsilonMicro) : null,
  };
}

/** The tightest of several tables. */
export function tightest(budgets: readonly Budget[]): Budget {
  const epsilons = budgets.flatMap((b) => (b.epsilonLeftMicro === null ? [] : [b.epsilonLeftMicro]));
  return {
    usesLeft: Math.min(...budgets.map((b) => b.usesLeft)),
    cellsLeft: Math.min(...budgets.map((b) => b.cellsLeft)),
    epsilonLeftMicro: epsilons.length === 0 ? null : Math.min(...epsilons),
  };
}

/** The end of the newest training of each person that is valid on a day. */
export async function trainingsOf(q: Queryable, personIds: readonly string[], day: string) {
  if (personIds.length === 0) return new Map<string, { heldOn: string; topic: string; validUntil: string }>();
  const rows = await q
    .selectFrom('sandbox_training')
    .select(['person_id', 'held_on', 'topic', 'valid_until'])
    .where('person_id', 'in', [...personIds])
    .where('held_on', '<=', day)
    .where('valid_until', '>=', day)
    .orderBy('valid_until')
    .execute();
  return new Map(
    rows.map((r) => [r.person_id, { heldOn: r.held_on, topic: r.topic, validUntil: r.valid_until }] as const),
  );
}
