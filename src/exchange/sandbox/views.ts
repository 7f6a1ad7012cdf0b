import { z } from 'zod';
import { TextSchema } from '../../kernel/text.ts';
import { ResourceId } from '../catalog/index.ts';
import { Alias, Budget, GrantId, ProjectId, QueryId, RequestId, SUPPRESSIONS } from './model.ts';
import { COLUMN_USES, GrantPolicy } from './policy.ts';

const PartyName = z.object({ id: z.string(), name: z.string() });
const ResourceName = z.object({ id: ResourceId, title: z.string() });

/** What a reader has to do with a project. */
export const PARTS = ['operator', 'holder', 'supervisor'] as const;

export const ProjectItem = z.object({
  id: ProjectId,
  title: z.string(),
  purpose: z.string(),
  state: z.enum(['open', 'closed']),
  party: PartyName,
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  /** Living grants that the reader may see. */
  tables: z.number(),
  /** Requests that wait for their holder, as far as the reader may see them. */
  waiting: z.number(),
  part: z.enum(PARTS),
});

export const Member = z.object({
  personId: z.string(),
  name: z.string(),
  /** The newest security training that is valid; null: none, and no access (JN-17.1). */
  training: z.object({ heldOn: z.iso.date(), topic: z.string(), validUntil: z.iso.date() }).nullable(),
  /** It is the reader. */
  self: z.boolean(),
});

/** A column of a granted table as the workbench offers it. */
export const TableColumn = z.object({
  name: z.string(),
  type: z.string(),
  titleZh: z.string(),
  titleEn: z.string().nullable(),
  description: z.string().nullable(),
  unit: z.string().nullable(),
  uses: z.array(z.enum(COLUMN_USES)),
  range: z.object({ lower: z.number(), upper: z.number() }).nullable(),
  domain: z.array(z.union([z.string(), z.number()])).nullable(),
});

export const GRANT_STATES = ['live', 'suspended', 'expired', 'revoked', 'ended'] as const;

export const Table = z.object({
  grantId: GrantId,
  alias: Alias,
  resource: ResourceName,
  holder: PartyName,
  authorisationId: z.string().nullable(),
  /** Rows of the resource as the catalogue tells them; how many were granted is nobody's business. */
  rows: z.number(),
  state: z.enum(GRANT_STATES),
  /** Why it does not live. */
  reason: TextSchema.nullable(),
  /** Whether its data are ready to be asked. */
  prepared: z.boolean(),
  /** Its data changed since the party was told of them: it is asked again once the holder grants it anew. */
  newerData: z.boolean(),
  grantedAt: z.iso.datetime(),
  validUntil: z.iso.datetime(),
  /** The whole policy, and the SHA-256 of the grant that stands in the evidence. */
  policy: GrantPolicy,
  grantHash: z.string(),
  columns: z.array(TableColumn),
  budget: Budget.extend({ usesMax: z.number(), cellsMax: z.number(), epsilonTotalMicro: z.number().nullable() }),
});

export const Request = z.object({
  id: RequestId,
  resource: ResourceName,
  holder: PartyName,
  authorisationId: z.string().nullable(),
  alias: Alias,
  wanted: z.string(),
  state: z.enum(['waiting', 'granted', 'closed']),
  requestedAt: z.iso.datetime(),
});

export const ProjectDetail = ProjectItem.extend({
  version: z.number(),
  closeReason: z.string().nullable(),
  /** For its own party and who supervises; a holder sees how many there are. */
  members: z.array(Member),
  memberCount: z.number(),
  /** The reader may ask now: is a member, trained, of an open project. */
  mayAsk: z.boolean(),
  /** All for the operator, one's own for a holder. */
  tableList: z.array(Table),
  requests: z.array(Request),
  receipts: z.array(z.object({ id: z.string(), act: z.string(), at: z.iso.datetime() })),
});

const Suppressed = z.object({
  cells: z.number(),
  rows: z.number(),
  complementary: z.number(),
  history: z.number(),
});

export const QueryItem = z.object({
  id: QueryId,
  at: z.iso.datetime(),
  person: z.object({ id: z.string(), name: z.string() }).nullable(),
  sql: z.string(),
  tables: z.array(Alias),
  rowCount: z.number(),
  cells: z.number(),
  suppressed: Suppressed,
  noisy: z.boolean(),
  /** It was told again from the store and cost nothing. */
  cached: z.boolean(),
});

/** One query with its answer, for the party that asked and for who holds every table in it. */
export const QueryDetail = QueryItem.extend({
  projectId: ProjectId,
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  marks: z.array(z.array(z.enum(SUPPRESSIONS).nullable())),
});

/** A use of one's table by a query or a job: the provider's live view, newest first. */
export const UseItem = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(['query', 'job', 'service']),
  /** `sbq_…` or `sbj_…`. */
  madeId: z.string(),
  project: z.object({ id: ProjectId, title: z.string() }),
  party: PartyName,
  grantId: GrantId,
  alias: Alias,
  resource: ResourceName,
  /** What ran: SQL or code, cut to some thousand characters. */
  code: z.string(),
  /** `answered`, `repeated`, or the state of the job. */
  state: z.string(),
  cells: z.number(),
  suppressed: Suppressed.nullable(),
});

export const AvailabilityView = z.object({
  executor: z.string(),
  sql: z.boolean(),
  python: z.boolean(),
  /** Why not, and what the operator does about it. */
  reason: TextSchema.nullable(),
  /** Sessions one process runs at once. */
  sessionsMax: z.number(),
});
