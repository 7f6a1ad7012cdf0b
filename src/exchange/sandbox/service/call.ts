import { refused } from '../../../kernel/acts/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { newId } from '../../../kernel/ids.ts';
import { type Text, text } from '../../../kernel/text.ts';
import type { StoppedUse } from '../../catalog/index.ts';
import { chargeUse, lockAudience } from '../charge.ts';
import { refusalOf } from '../failures.ts';
import { type Asked, answer, lend, readQuery } from '../lane.ts';
import type { Answer } from '../model.ts';
import { takePlace } from '../places.ts';
import { spentOf, toldBefore } from '../sdc/index.ts';
import { budgetOf, type GrantInHand, tightest } from '../store.ts';
import { stoppedOf } from './acts.ts';
import type { Service } from './model.ts';
import { answeredFrom, objectsNow } from './revisions.ts';
import { serviceGrants } from './store.ts';
import { bind, type ParameterValue } from './template.ts';

/** What a buyer asks of a service under its order. */
export interface Call {
  readonly service: Service;
  readonly template: string | null;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly buyerId: string;
  readonly at: Date;
}

/** What the rules of a call look at, and what is asked once they let it pass. */
export interface ReadyCall {
  readonly problem: Text | null;
  readonly useStopped: StoppedUse | null;
  readonly budget: {
    readonly repeated: boolean;
    readonly grantUsesLeft: number;
    readonly cellsUsed: number;
    readonly cellsMax: number;
    readonly spentMicro: number | null;
    readonly queryMicro: number;
    readonly totalMicro: number;
  } | null;
  readonly run: { readonly asked: Asked; readonly granted: readonly GrantInHand[]; readonly sql: string } | null;
}

const NO_TEMPLATE = text('该服务没有这个模板。', 'The service has no such template.');
const UNFIT = text('参数不全、多余或者类型不符。', 'Parameters are missing, left over or not of their type.');
const NARROWED = text(
  '授权范围已经改变，该模板不能再使用。',
  'What is granted has changed: this template is not answered any more.',
);

/** Reads a call: the template with literals in it goes through the closed grammar as every query does. */
export async function readyCall(
  tx: Tx,
  { service, template: name, parameters, buyerId, at }: Call,
): Promise<ReadyCall> {
  const now = await serviceGrants(tx, service.id, at);
  const tables = await answeredFrom(tx, now, { serviceId: service.id, buyerId });
  const refusedFor = (problem: Text | null): ReadyCall => ({ problem, useStopped, budget: null, run: null });
  const useStopped = stoppedOf(tables);
  const template = service.templates.find((t) => t.name === name);
  if (!template) return refusedFor(NO_TEMPLATE);
  const bound = bind(template, parameters);
  if (bound === null) return refusedFor(UNFIT);
  if (useStopped !== null) return refusedFor(null);
  // Approved for the interactive lane; asked again here, so that no other lane's grant ever answers a call.
  if (tables.some(({ grant }) => !grant.policy.lanes.includes('interactive'))) return refusedFor(NARROWED);
  await takePlace(tx, at);
  const { asked } = await readQuery(bound, tables, at).catch((e) => Promise.reject(refusalOf(e)));
  if (asked === null) return refusedFor(NARROWED);
  return {
    problem: null,
    useStopped,
    budget: await budgetFor(tx, asked, buyerId),
    run: { asked, granted: tables, sql: bound },
  };
}

/** The uses of the grant are the project's; cells and ε are counted for the buyer, to whom the answer is told. */
async function budgetFor(tx: Tx, { shape, tables }: Asked, buyerId: string): Promise<ReadyCall['budget']> {
  const policies = tables.map((t) => t.grant.policy);
  const spent = await spentOf(tx, buyerId, shape.datasets);
  const repeated = await toldBefore(tx, buyerId, shape.fingerprint);
  const noise = policies.flatMap((p) => (p.privacy.kind === 'noise' ? [p.privacy] : []));
  return {
    repeated,
    grantUsesLeft: tightest(tables.map(budgetOf)).usesLeft,
    cellsUsed: repeated ? 0 : Math.max(0, ...spent.map((s) => s.cells)),
    cellsMax: Math.min(...policies.map((p) => p.cellsMax)),
    spentMicro: noise.length === 0 || repeated ? null : Math.max(0, ...spent.map((s) => s.epsilonMicro)),
    queryMicro: Math.min(...noise.map((n) => n.epsilonQuery), Number.MAX_SAFE_INTEGER),
    totalMicro: Math.min(...noise.map((n) => n.epsilonTotal), Number.MAX_SAFE_INTEGER),
  };
}

const refreshed = () =>
  refused(
    'state',
    'HS-25.27',
    text('服务刚刚更新了数据', 'The data of the service were just refreshed'),
    text('查询开始后，服务改按新的数据作答。', 'The service went on to newer data after this query had begun.'),
    text('请再查询一次；本次不计调用次数。', 'Ask once more; this call is not counted.'),
  );

/**
 * Answers in the interactive lane for the buyer as audience: every cell guarded, its history compared, its budget charged;
 * the rights are asked again under lock before the answer leaves. @throws Refused
 */
export async function answerCall(
  tx: Tx,
  { service, template, buyerId, at, deliveryId }: Call & { readonly deliveryId: string },
  { run }: ReadyCall,
): Promise<Answer> {
  if (run === null || template === null) throw new Error('a call was performed that the rules had not let pass');
  const { asked, granted, sql } = run;
  const callId = newId('sbl');
  const lent = await lend(granted.filter((g) => g.stopped === null)).catch((e) => Promise.reject(refusalOf(e)));
  await lockAudience(tx, buyerId, asked.tables);
  // Of this buyer's calls at once, one may have been told of other data before this one had the lock.
  const still = await answeredFrom(tx, granted, { serviceId: service.id, buyerId });
  if (still.some((t, i) => t.resource.objectId !== granted[i]?.resource.objectId)) throw refreshed();
  const { told, released } = await answer({ tx, at, asked, lent, queryId: callId, audience: buyerId }).catch((e) =>
    Promise.reject(refusalOf(e)),
  );
  const cells = released.cached ? 0 : told.marks.flat().filter((mark) => mark === null).length;
  const charge = { projectId: service.project_id, madeId: callId, at, free: released.cached, cells };
  await chargeUse(tx, asked.tables, charge);
  await tx
    .insertInto('sandbox_service_call')
    .values({
      ...{ id: callId, service_id: service.id, delivery_id: deliveryId, buyer_id: buyerId, template, sql },
      ...{ answer_key: asked.shape.fingerprint, cells, cached: released.cached, at },
      objects: JSON.stringify(objectsNow(asked.tables)),
    })
    .execute();
  return told;
}
