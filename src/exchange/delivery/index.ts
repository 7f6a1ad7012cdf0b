import { sql } from 'kysely';
import type { Task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { connectDeliveries } from '../contracts/index.ts';
import { addDownstream, COUNTED_MAX } from '../products/index.ts';
import { revokeFor } from './grants.ts';
import { summaryOf } from './queries.ts';

export { acts, DeliveryId } from './acts.ts';
export { type ContentAnswer, ContentQuery, type ContentRequest, serveContent } from './content.ts';
export { getDelivery } from './grants.ts';
export { reads, summaryOf } from './queries.ts';
export { configureDelivery, type DeliverySetting } from './setting.ts';

addDownstream({
  kind: 'delivery',
  title: text('交付', 'Deliveries'),
  count: async (q, productId) => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from (select from delivery where product_id = ${productId} limit ${COUNTED_MAX + 1}) d`.execute(
      q,
    );
    return rows[0]?.n ?? 0;
  },
});

connectDeliveries({ summaryOf, revokeFor });

/** Downloads are metered by the request itself: delivery has no work after the commit. */
export const tasks: readonly Task[] = [];
