import { execute, SYSTEM } from '../../kernel/acts/index.ts';
import type { Database } from '../../kernel/database/index.ts';
import { task } from '../../kernel/jobs.ts';
import { actWhenOver } from './closing.ts';
import type { Order, OrderState } from './model.ts';

/** States whose end the system decides; in the others a person must act, and the clock only shows. */
const DECIDED_BY_TIME: readonly OrderState[] = ['placed', 'signed', 'delivered'];
const PAGE = 200;

/** Orders whose deadline has passed, the longest overdue first. */
function overdue(db: Database, at: Date, after: Pick<Order, 'due_at' | 'id'> | undefined): Promise<Order[]> {
  return db
    .selectFrom('trade_order')
    .selectAll()
    .where('due_at', '<=', at)
    .where('state', 'in', DECIDED_BY_TIME)
    .$if(after !== undefined, (q) =>
      q.where((e) => e(e.refTuple('due_at', 'id'), '>', e.tuple(after?.due_at ?? at, after?.id ?? ''))),
    )
    .orderBy('due_at')
    .orderBy('id')
    .limit(PAGE)
    .execute();
}

/**
 * Looks every minute for orders whose time is over: one look for all of them, so that an order in time costs nothing.
 * An order that somebody moves meanwhile refuses the act, and that is right.
 */
export const overdueTask = task(
  'contracts.overdue',
  async (_, { kernel }) => {
    const at = new Date();
    let page: Order[] = [];
    do {
      page = await overdue(kernel.db, at, page.at(-1));
      for (const order of page) {
        const act = actWhenOver(order, at);
        if (act) await execute(kernel, act, SYSTEM, { orderId: order.id });
      }
    } while (page.length === PAGE);
  },
  { cron: '* * * * *' },
);
