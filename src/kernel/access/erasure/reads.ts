import { z } from 'zod';
import { afterOf, PageQuery, page, pageOf, read, signedIn } from '../../acts/index.ts';
import { text } from '../../text.ts';
import { PersonId } from '../ids.ts';
import { ErasureRequestId } from './acts.ts';

/** One's own requests for everybody; those of the party's people for its administrator, all for the security administrator. */
export const erasureRequests = read({
  path: '/erasure-requests',
  title: text('删除个人信息的请求', 'Requests for erasure'),
  by: signedIn(),
  params: z.object({}),
  query: PageQuery.extend({ state: z.enum(['open', 'done', 'declined']).optional() }),
  output: pageOf(
    z.object({
      id: ErasureRequestId,
      personId: PersonId,
      displayName: z.string(),
      mine: z.boolean(),
      reason: z.string().nullable(),
      askedAt: z.iso.datetime(),
      dueAt: z.iso.datetime(),
      state: z.enum(['open', 'done', 'declined']),
      answer: z.string().nullable(),
      answeredAt: z.iso.datetime().nullable(),
    }),
  ),
  run: async ({ db, actor, query }) => {
    const all = actor.kind === 'system' || actor.roles.includes('security-admin');
    const ofParty = actor.roles.includes('party-admin');
    const after = afterOf(query.cursor);
    const rows = await db
      .selectFrom('erasure_request as r')
      .innerJoin('person', 'person.id', 'r.person_id')
      .selectAll('r')
      .select('person.display_name')
      .$if(!all && ofParty, (q) => q.where('r.party_id', '=', actor.partyId ?? ''))
      .$if(!all && !ofParty, (q) => q.where('r.person_id', '=', actor.personId ?? ''))
      .$if(query.state !== undefined, (q) => q.where('r.state', '=', query.state ?? 'open'))
      .$if(after !== undefined, (q) => q.where('r.id', '<', after ?? ''))
      .orderBy('r.id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const { items, nextCursor } = page(rows, query.limit, (r) => r.id);
    return {
      items: items.map((r) => ({
        id: r.id,
        personId: r.person_id,
        displayName: r.display_name,
        mine: r.person_id === actor.personId,
        reason: r.reason,
        askedAt: r.asked_at.toISOString(),
        dueAt: r.due_at.toISOString(),
        state: r.state,
        answer: r.answer,
        answeredAt: r.answered_at?.toISOString() ?? null,
      })),
      nextCursor,
    };
  },
});
