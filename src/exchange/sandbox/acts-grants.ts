import { sql } from 'kysely';
import { z } from 'zod';
import { type Act, act, notFound, role } from '../../kernel/acts/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import { newId } from '../../kernel/ids.ts';
import { text } from '../../kernel/text.ts';
import { AuthorisationId, getResource, type Resource, ResourceId } from '../catalog/index.ts';
import { DISCARD_TASK, PREPARE_TASK } from './acts-prepared.ts';
import { Alias, type Grant, GrantId, HOLDERS, hashOf, OPERATORS, type Project, ProjectId, RequestId } from './model.ts';
import { GrantPolicy } from './policy.ts';
import { projectSize } from './rules.ts';
import * as rules from './rules-grants.ts';
import { getProject, lockProject, requireOpen } from './store.ts';
import { groundProblem, policyProblems, type RightBehind, shownColumns } from './terms.ts';

const field = (zh: string, en: string) => ({ title: zh, 'x-title-en': en });
const words = (zh: string, en: string, max: number) => z.string().trim().min(2).max(max).meta(field(zh, en));

async function rightBehind(tx: Tx, authorisationId: string | null): Promise<RightBehind | null> {
  if (authorisationId === null) return null;
  const row = await tx
    .selectFrom('resource_authorisation')
    .select(['resource_id', 'party_id', 'columns', 'valid_until', 'revoked_at'])
    .where('id', '=', authorisationId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound();
  return {
    resourceId: row.resource_id,
    partyId: row.party_id,
    columns: row.columns,
    validUntil: row.valid_until,
    revokedAt: row.revoked_at,
  };
}

/** What a project holds already under this name, and of this resource. */
async function namesTaken(tx: Tx, projectId: string, alias: string, resourceId: string) {
  const { rows } = await sql<{ tables: number; alias_taken: boolean; resource_taken: boolean }>`
    select count(*)::int as tables, coalesce(bool_or(lower(alias) = lower(${alias})), false) as alias_taken,
           coalesce(bool_or(resource_id = ${resourceId}), false) as resource_taken
      from sandbox_grant where project_id = ${projectId} and revoked_at is null`.execute(tx);
  const [row] = rows;
  return {
    tables: (row?.tables ?? 0) + 1,
    aliasTaken: row?.alias_taken ?? false,
    resourceTaken: row?.resource_taken ?? false,
  };
}

/** 申请入箱: which right it rests on, and what is wanted; the holder decides. */
const requestTable = act({
  name: 'sandbox.request-table',
  title: text('申请数据表入箱', 'Ask for a table in the sandbox'),
  by: role(...OPERATORS),
  input: z.object({
    projectId: ProjectId,
    resourceId: ResourceId,
    authorisationId: AuthorisationId.nullable().default(null).meta(field('依据的权限', 'Right it rests on')),
    alias: Alias,
    wanted: words('希望使用的字段和方式', 'Columns and uses wanted', 2_000),
  }),
  output: z.object({ requestId: RequestId }),
  rules: [projectSize, rules.namedOnce],
  facts: async ({ tx, actor, input }) => {
    const project = await lockProject(tx, input.projectId, actor.partyId);
    requireOpen(project);
    const resource = await getResource(tx, input.resourceId);
    if (resource?.state !== 'registered') throw notFound();
    const right = await rightBehind(tx, input.authorisationId);
    if (right === null ? resource.holder_id !== project.party_id : right.partyId !== project.party_id) throw notFound();
    const names = await namesTaken(tx, project.id, input.alias, resource.id);
    const { n } = await tx
      .selectFrom('sandbox_request')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('project_id', '=', project.id)
      .where('state', '=', 'waiting')
      .executeTakeFirstOrThrow();
    return { ...names, tables: names.tables + Number(n), members: 0, projects: 0, holderId: resource.holder_id };
  },
  perform: async ({ tx, input, facts, at }) => {
    const requestId = newId('sbr');
    await tx
      .insertInto('sandbox_request')
      .values({
        id: requestId,
        project_id: input.projectId,
        resource_id: input.resourceId,
        holder_id: facts.holderId,
        authorisation_id: input.authorisationId,
        alias: input.alias,
        wanted: input.wanted,
        state: 'waiting',
        requested_at: at,
        settled_at: null,
      })
      .execute();
    return { requestId };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.requestId,
    sealed: { project: input.projectId, resource: input.resourceId, right: input.authorisationId, alias: input.alias },
    parties: [facts.holderId],
  }),
});

/** Another living grant of the resource to the same party that shows other rows or counts other entities. */
async function hasOtherPortion(
  tx: Tx,
  audienceId: string,
  { resourceId, authorisationId, policy }: GrantInput,
  at: Date,
): Promise<boolean> {
  const others = await tx
    .selectFrom('sandbox_grant')
    .select(['authorisation_id', 'policy'])
    .where('audience_id', '=', audienceId)
    .where('resource_id', '=', resourceId)
    .where('revoked_at', 'is', null)
    .where('valid_until', '>', at)
    .execute();
  return others.some((o) => o.authorisation_id !== authorisationId || o.policy.entityKey !== policy.entityKey);
}

const GrantInput = z.object({
  projectId: ProjectId,
  resourceId: ResourceId,
  authorisationId: AuthorisationId.nullable().default(null).meta(field('依据的权限', 'Right it rests on')),
  alias: Alias,
  policy: GrantPolicy,
  validUntil: z.iso.datetime({ offset: true }).meta(field('有效期至', 'Valid until')),
});
type GrantInput = z.output<typeof GrantInput>;

/** The grant as everybody signs for it: canonical JSON of this has the hash that stands in the evidence. */
export const grantDocument = (
  grant: Pick<
    Grant,
    | 'id'
    | 'project_id'
    | 'resource_id'
    | 'holder_id'
    | 'audience_id'
    | 'authorisation_id'
    | 'alias'
    | 'policy'
    | 'valid_until'
    | 'granted_at'
  >,
  purpose: string,
) => ({
  grant: grant.id,
  project: grant.project_id,
  purpose,
  resource: grant.resource_id,
  holder: grant.holder_id,
  audience: grant.audience_id,
  right: grant.authorisation_id,
  alias: grant.alias,
  policy: grant.policy,
  validUntil: grant.valid_until.toISOString(),
  grantedAt: grant.granted_at.toISOString(),
});

interface GrantFacts {
  readonly project: Project;
  readonly resource: Resource;
}

/** 数据表入箱授权: by who holds the table; lasts no longer, and shows no more, than the right behind it. */
const grantTable = act({
  name: 'sandbox.grant-table',
  title: text('数据表入箱授权', 'Grant a table to a sandbox project'),
  by: role(...HOLDERS),
  input: GrantInput,
  output: z.object({ grantId: GrantId, grantHash: z.string() }),
  rules: [
    projectSize,
    rules.namedOnce,
    rules.policyFits,
    rules.leastProtection,
    rules.onePortion,
    rules.clearRights,
    rules.withinPermission,
    rules.usableNotVisible,
    rules.rawStays,
  ],
  facts: async ({ tx, actor, input, at }) => {
    const resource = await getResource(tx, input.resourceId);
    const found = await getProject(tx, input.projectId);
    if (!found || !resource || resource.holder_id !== actor.partyId) throw notFound();
    const right = await rightBehind(tx, input.authorisationId);
    // A stranger's project is none that a holder knows of: it is its own, has a right, or has asked.
    if (found.party_id !== actor.partyId && right?.partyId !== found.party_id) throw notFound();
    const project = await lockProject(tx, input.projectId, found.party_id);
    requireOpen(project);
    const { policy } = input;
    const holderId = resource.holder_id;
    return {
      ...({ project, resource } satisfies GrantFacts),
      ...(await namesTaken(tx, project.id, input.alias, resource.id)),
      members: 0,
      projects: 0,
      policyProblems: policyProblems(policy, resource.columns, resource.contains_personal_information),
      personal: policy.personal || resource.contains_personal_information,
      k: policy.k,
      dominancePermille: policy.dominancePermille,
      ratioPermille: policy.ratioPermille,
      otherPortion: await hasOtherPortion(tx, project.party_id, input, at),
      publicData: resource.public_data,
      groundProblem: groundProblem(
        { id: resource.id, state: resource.state, holderId },
        project.party_id,
        right,
        { policy, validUntil: new Date(input.validUntil) },
        at,
      ),
      shown: shownColumns(policy, resource.columns),
    };
  },
  perform: async ({ tx, input, facts: { project, resource }, at, enqueue }) => {
    const grant = {
      id: newId('sbg'),
      project_id: project.id,
      resource_id: resource.id,
      holder_id: resource.holder_id,
      audience_id: project.party_id,
      authorisation_id: input.authorisationId,
      alias: input.alias,
      policy: input.policy,
      valid_until: new Date(input.validUntil),
      granted_at: at,
    };
    const grantHash = hashOf(grantDocument(grant, project.purpose));
    await tx
      .insertInto('sandbox_grant')
      .values({
        ...grant,
        policy: JSON.stringify(input.policy),
        policy_hash: hashOf(input.policy),
        grant_hash: grantHash,
        revoked_at: null,
        revoke_reason: null,
      })
      .execute();
    await tx
      .updateTable('sandbox_request')
      .set({ state: 'granted', settled_at: at })
      .where('project_id', '=', project.id)
      .where('resource_id', '=', resource.id)
      .where('state', '=', 'waiting')
      .execute();
    enqueue({ task: PREPARE_TASK, payload: { grantId: grant.id } });
    return { grantId: grant.id, grantHash };
  },
  entry: ({ input, facts, result }) => ({
    subject: result.grantId,
    sealed: { project: input.projectId, resource: input.resourceId, alias: input.alias, grant: result.grantHash },
    parties: [facts.project.party_id],
  }),
});

/** 收回入箱授权: queries and jobs on the table stop at once. */
const revokeGrant = act({
  name: 'sandbox.revoke-grant',
  title: text('收回入箱授权', 'Revoke a table grant'),
  by: role(...HOLDERS),
  input: z.object({ grantId: GrantId, reason: words('收回原因', 'Reason', 500) }),
  output: z.object({ grantId: GrantId }),
  rules: [rules.revokedOnce],
  facts: async ({ tx, actor, input }) => {
    const grant = await tx
      .selectFrom('sandbox_grant')
      .selectAll()
      .where('id', '=', input.grantId)
      .forUpdate()
      .executeTakeFirst();
    if (!grant || grant.holder_id !== actor.partyId) throw notFound();
    return { grant, revoked: grant.revoked_at !== null };
  },
  perform: async ({ tx, input, at, enqueue }) => {
    await tx
      .updateTable('sandbox_grant')
      .set({ revoked_at: at, revoke_reason: input.reason })
      .where('id', '=', input.grantId)
      .execute();
    enqueue({ task: DISCARD_TASK, payload: { grantId: input.grantId } });
    return { grantId: input.grantId };
  },
  entry: ({ input, facts: { grant } }) => ({
    subject: input.grantId,
    sealed: { reason: input.reason, grant: grant.grant_hash },
    parties: [grant.audience_id],
  }),
});

export const grantActs: readonly Act[] = [requestTable, grantTable, revokeGrant];
