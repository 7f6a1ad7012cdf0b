import * as assessment from './exchange/assessment/index.ts';
import * as authorisation from './exchange/authorisation/index.ts';
import * as bundles from './exchange/bundles/index.ts';
import * as catalog from './exchange/catalog/index.ts';
import * as certificates from './exchange/certificates/index.ts';
import * as clearing from './exchange/clearing/index.ts';
import * as consent from './exchange/consent/index.ts';
import * as contracts from './exchange/contracts/index.ts';
import * as delivery from './exchange/delivery/index.ts';
import * as disclosure from './exchange/disclosure/index.ts';
import * as matching from './exchange/matching/index.ts';
import * as parties from './exchange/parties/index.ts';
import * as pricing from './exchange/pricing/index.ts';
import * as products from './exchange/products/index.ts';
import * as sandbox from './exchange/sandbox/index.ts';
import * as supervision from './exchange/supervision/index.ts';
import * as timelines from './exchange/timelines/index.ts';
import * as trial from './exchange/trial/index.ts';
import * as workbench from './exchange/workbench/index.ts';
import * as access from './kernel/access/index.ts';
import type { Act, Read } from './kernel/acts/index.ts';
import { caseRoom, checkProcedures, type Procedure } from './kernel/cases/index.ts';
import * as custody from './kernel/custody/index.ts';
import * as anchor from './kernel/evidence/anchor/index.ts';
import { healthRead } from './kernel/evidence/health.ts';
import { keyActs } from './kernel/evidence/key-acts.ts';
import { receiptReads } from './kernel/evidence/reads.ts';
import type { Task } from './kernel/jobs.ts';
import { type Rulebook, rulebookActs, rulebookReads } from './kernel/rulebook/index.ts';
import * as vault from './kernel/vault/index.ts';

/** The rooms in the order data travels; routes, OpenAPI, docs, hostile tests and coverage are all made from these lists. */
const ROOMS = [
  access,
  parties,
  vault,
  custody,
  anchor,
  catalog,
  consent,
  authorisation,
  assessment,
  sandbox,
  products,
  pricing,
  matching,
  trial,
  contracts,
  delivery,
  clearing,
  disclosure,
  certificates,
  supervision,
  timelines,
  bundles,
  workbench,
];

export interface Platform {
  readonly acts: readonly Act[];
  readonly reads: readonly Read[];
  readonly tasks: readonly Task[];
  /** Who besides its owner may read a paper. */
  readonly fileViewers: readonly vault.FileViewer[];
}

/** The records of trades, which the law keeps for years whatever a person asks. */
const RECORDS: access.Retention = {
  acts: [...contracts.acts, ...delivery.acts, ...clearing.acts].map((a) => a.name),
  tables: [
    { table: 'trade_order', since: 'placed_at' },
    { table: 'delivery', since: 'delivered_at' },
    { table: 'withdrawal', since: 'requested_at' },
    { table: 'bank_deposit', since: 'at' },
  ],
};

/** Everything that can be done, read and run. @throws Error when two acts share a name or two reads a path */
export function platform(rulebook: Rulebook): Platform {
  access.configureRetention(RECORDS);
  const procedures = ROOMS.flatMap((room) => ('procedures' in room ? (room.procedures as readonly Procedure[]) : []));
  const cases = caseRoom(procedures, () => acts, rulebook.citation);
  const rooms = [...ROOMS, cases];
  const acts: readonly Act[] = [...rooms.flatMap((room) => room.acts), ...rulebookActs(rulebook), ...keyActs];
  const reads = [
    ...rooms.flatMap((room) => room.reads),
    ...workbench.readsWith(cases.turns),
    ...rulebookReads(rulebook, acts),
    ...receiptReads(acts),
    healthRead,
  ];
  const tasks = rooms.flatMap((room) => room.tasks);
  const fileViewers = rooms.flatMap((room) => ('fileViewers' in room ? (room.fileViewers as vault.FileViewer[]) : []));
  unique(acts.map((a) => a.name));
  unique(reads.map((r) => r.path));
  unique(tasks.map((t) => t.name));
  checkProcedures(procedures, acts);
  return { acts, reads, tasks, fileViewers };
}

function unique(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`${twice} is defined twice`);
}
