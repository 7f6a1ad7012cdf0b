import { sql } from 'kysely';

/** Whether a service asks, among its tables, one whose answers are exact and about people (service id). */
export const tellsOfPeople = (serviceId: string) =>
  sql<boolean>`exists (select from sandbox_service_table st join sandbox_grant sg on sg.id = st.grant_id
    where st.service_id = ${sql.ref(serviceId)} and (sg.policy ->> 'personal')::boolean
      and sg.policy -> 'privacy' ->> 'kind' = 'exact')`;

/**
 * Of a revision `v` of a service's data and the grant `g` of a table: whether somebody is answered from it still. Where
 * answers are exact and about people, a buyer stays with the revision it was told of first.
 */
export const stillAnswers = sql<boolean>`(v.revision = (select max(revision) from sandbox_service_revision n where n.service_id = v.service_id)
  or (${tellsOfPeople('v.service_id')} and exists (select from sandbox_service_call c
    where c.objects ->> g.resource_id = v.objects ->> g.resource_id)))`;
