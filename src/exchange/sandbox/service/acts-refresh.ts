import { z } from 'zod';
import { type Act, act, notFound, role } from '../../../kernel/acts/index.ts';
import { text } from '../../../kernel/text.ts';
import { rightsLive } from '../../catalog/index.ts';
import { getParty, registeredEntity } from '../../parties/index.ts';
import { PREPARE_TASK } from '../acts-prepared.ts';
import { sourcesOf } from '../airlock/component.ts';
import { takePlace } from '../places.ts';
import type { GrantInHand } from '../store.ts';
import { holdersOf, readTemplates, SELLERS, stoppedOf } from './acts.ts';
import { type Service, ServiceId, serviceLife } from './model.ts';
import { keepRevision, objectsNow, revisionOf } from './revisions.ts';
import * as rules from './rules.ts';
import { lockService, serviceGrants, tablesOf } from './store.ts';

/** What of the answers would be others on the data of now: templates are read again, as they were when proposed. */
async function changesOf(service: Service, tables: readonly GrantInHand[], at: Date) {
  const templates = service.templates.map((t) => ({ ...t, columns: [] }));
  const interactive = tables.filter(({ grant }) => grant.policy.lanes.includes('interactive'));
  const read = await readTemplates(templates, interactive, at);
  if (read.problems.length > 0) return read.problems.map((p) => p.message);
  const changed = service.templates.flatMap((before, i) => {
    const now = read.templates[i]?.columns ?? [];
    return before.columns
      .filter((c, n) => c.name !== now[n]?.name || c.type !== now[n]?.type)
      .map((c) => `${before.name}.${c.name}`);
  });
  return changed.map((name) =>
    text(`结果列“${name}”的类型变了。`, `The column “${name}” of the answer has another type.`),
  );
}

/**
 * 更新查询服务: it answers from the newest data of its tables from now on. Templates, columns, class and rights are the same,
 * so that nobody has anything to approve, to assess or to list again.
 */
const refreshService = act({
  name: 'sandbox.refresh-service',
  title: text('更新沙箱查询服务的数据', 'Answer from the newest data'),
  by: role(...SELLERS),
  input: z.object({ serviceId: ServiceId }),
  output: z.object({ serviceId: ServiceId, revision: z.number().int() }),
  rules: [registeredEntity, rules.newerData, rules.sameAnswers, rules.sameGrade, ...rightsLive],
  facts: async ({ tx, actor, input, at }) => {
    const service = await lockService(tx, input.serviceId);
    const party = actor.partyId === null ? undefined : await getParty(tx, actor.partyId);
    if (!party || service.party_id !== party.id || service.resource_id === null) throw notFound();
    serviceLife.move(service.state, 'refresh');
    const grants = await serviceGrants(tx, service.id, at);
    const before = await revisionOf(tx, service.id);
    const objects = objectsNow(grants);
    const newer = Object.keys(objects).filter((id) => objects[id] !== before?.objects[id]);
    const useStopped = stoppedOf(grants);
    const resourceIds = (await tablesOf(tx, service.id)).map((t) => t.resource_id);
    const { grade } = await sourcesOf(tx, resourceIds);
    const own = await sourcesOf(tx, [service.resource_id]);
    const mayRead = useStopped === null && newer.length > 0 && party.state === 'admitted';
    if (mayRead) await takePlace(tx, at);
    return {
      ...{ service, grants, objects, newer, useStopped },
      before: before?.objects ?? {},
      revision: (before?.revision ?? 0) + 1,
      partyState: party.state,
      changed: mayRead ? await changesOf(service, grants, at) : [],
      grades: { before: own.grade, now: grade },
    };
  },
  perform: async ({ tx, actor, facts: { service, grants, objects, revision }, at, enqueue }) => {
    await keepRevision(tx, { serviceId: service.id, revision, personId: actor.personId, at }, objects);
    for (const { grant } of grants) enqueue({ task: PREPARE_TASK, payload: { grantId: grant.id } });
    return { serviceId: service.id, revision };
  },
  entry: ({ facts: { service, grants, before, objects }, result }) => ({
    subject: service.id,
    sealed: { revision: result.revision, templates: service.templates_hash, before, after: objects },
    parties: [service.party_id, ...holdersOf(grants)],
  }),
});

export const refreshActs: readonly Act[] = [refreshService];
