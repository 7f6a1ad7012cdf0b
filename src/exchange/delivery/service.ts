import type { Tx } from '../../kernel/database/index.ts';
import type { RowSet } from '../../kernel/vault/index.ts';
import {
  type AnswerColumn,
  answerCall,
  type Call,
  type ParameterValue,
  type ReadyCall,
  readyCall,
  serviceOfProduct,
} from '../sandbox/index.ts';
import type { Delivery } from './model.ts';

/** A call of a service of the sandbox, read and not yet answered. */
export interface Served {
  readonly call: Call;
  readonly ready: ReadyCall;
}

interface CallInput {
  readonly template: string | null;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/** The service a delivery calls; undefined where a table made for the product is asked. */
export async function serviceCall(
  tx: Tx,
  delivery: Delivery,
  { template, parameters }: CallInput,
  at: Date,
): Promise<Call | undefined> {
  const service = await serviceOfProduct(tx, delivery.product_id);
  return service && { service, template, parameters, buyerId: delivery.buyer_party_id, at };
}

export const readService = async (tx: Tx, call: Call): Promise<Served> => ({ call, ready: await readyCall(tx, call) });

/** What the rules of the sandbox look at; of a table, nothing of theirs is in question. */
export function sandboxFacts(served: Served | null) {
  return {
    asked: served === null ? null : { problem: served.ready.problem },
    ...(served?.ready.budget ?? {
      ...{ repeated: false, grantUsesLeft: 1, cellsUsed: 0, cellsMax: 1 },
      ...{ spentMicro: null, queryMicro: 0, totalMicro: 0 },
    }),
  };
}

/** The answer in the shape of a delivery: suppressed cells are empty, and `marks` says why. */
export async function answerService(tx: Tx, { call, ready }: Served, deliveryId: string) {
  const { columns, rows, marks } = await answerCall(tx, { ...call, deliveryId }, ready);
  const template = call.service.templates.find((t) => t.name === call.template);
  return { columns: titled(columns, template?.columns ?? []), rows, marks, truncated: false };
}

/** Rows of a table, with its columns as the product's dictionary calls them. */
export async function answerTable(tx: Tx, productId: string, answer: RowSet) {
  const product = await tx.selectFrom('product').select('dictionary').where('id', '=', productId).executeTakeFirst();
  return { ...answer, columns: titled(answer.columns, product?.dictionary ?? []), marks: null };
}

type Titled = Pick<AnswerColumn, 'name'> & Partial<AnswerColumn>;
const titled = (columns: readonly Pick<AnswerColumn, 'name' | 'type'>[], said: readonly Titled[]): AnswerColumn[] =>
  columns.map(({ name, type }) => {
    const { titleZh = null, titleEn = null, unit = null } = said.find((c) => c.name === name) ?? {};
    return { name, type, titleZh, titleEn, unit };
  });
