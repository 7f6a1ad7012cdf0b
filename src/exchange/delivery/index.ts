import { sql } from 'kysely';
import type { Task } from '../../kernel/jobs.ts';
import { text } from '../../kernel/text.ts';
import { connectDeliveries } from '../contracts/index.ts';
import { addDownstream } from '../products/index.ts';
import './custody.ts';
import { revokeFor } from './grants.ts';
import { summaryOf } from './queries.ts';

export { acts, DeliveryId } from './acts.ts';
export { type ContentAnswer, ContentQuery, type ContentRequest, serveContent } from './content.ts';
export { getDelivery } from './grants.ts';
export { reads, summaryOf } from './queries.ts';
export { renderingOf } from './rendering.ts';
export { configureDelivery, type DeliverySetting } from './setting.ts';

addDownstream({
  kind: 'delivery',
  title: text('交付', 'Deliveries'),
  cases: (productId) => sql`select from delivery where product_id = ${productId}`,
});

connectDeliveries({ summaryOf, revokeFor });

/** Downloads are metered by the request itself: delivery has no work after the commit. */
export const tasks: readonly Task[] = [];
