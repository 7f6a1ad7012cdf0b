import { sql } from 'kysely';

/**
 * Of a revision `v` of a service's data and the grant `g` of a table: whether somebody is answered from it still. Where
 * answers are exact and about people, a buyer stays with the revision it was told of first.
 */
export const stillAnswers = sql<boolean>`(v.revision = (select max(revision) from sandbox_service_revision n where n.service_id = v.service_id)
  or ((g.policy ->> 'personal')::boolean and g.policy -> 'privacy' ->> 'kind' = 'exact'))`;
