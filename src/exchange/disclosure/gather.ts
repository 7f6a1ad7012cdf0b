import { sql } from 'kysely';
import type { Queryable } from '../../kernel/database/index.ts';
import { money } from '../../kernel/ledger/index.ts';
import { valueAt } from '../../kernel/rulebook/index.ts';
import { type Text, text } from '../../kernel/text.ts';
import { agreementStateTitle, MODE_TITLES, monthsAfter, TIMES, type UseClass } from '../authorisation/index.ts';
import { getParty, partiesById } from '../parties/index.ts';
import { costOf, TRIAL_MONTHS } from '../pricing/index.ts';
import type { Authorisation, Disclosure } from './model.ts';
import { yearOf } from './model.ts';

export interface Gathered {
  readonly document: Disclosure;
  /** What each side still has to supply, in words a person can act on. */
  readonly missing: { readonly implementing: readonly Text[]; readonly operating: readonly Text[] };
}

type Period = ReturnType<typeof yearOf>;
const fen = (amount: string | number | null) => money(BigInt(amount ?? 0));

/** The disclosure of a party for a year, from what stands in the house now. @returns undefined for a party that is not there */
export async function gather(q: Queryable, partyId: string, year: number): Promise<Gathered | undefined> {
  const party = await getParty(q, partyId);
  if (!party) return undefined;
  const period = yearOf(year);
  const given = await authorisationsOf(q, 'authoriser_id', partyId, period);
  const held = await authorisationsOf(q, 'operator_id', partyId, period);
  const representative = party.legalRepresentative ?? '';
  const unnamed =
    representative.trim() === ''
      ? [text('没有登记法定代表人或者主要负责人', 'no legal representative is registered')]
      : [];
  const periods = held.length > 0 ? await periodsOf(q, partyId, period) : [];
  return {
    document: {
      type: 'shuheng/disclosure/1',
      year,
      party: {
        id: party.id,
        name: party.name,
        uscc: party.uscc,
        legalRepresentative: representative,
        roles: [...party.roles],
      },
      implementing: given.length > 0 ? { authorisations: given, caps: await capsOf(q, partyId, period) } : null,
      operating:
        held.length > 0
          ? {
              authorisations: held,
              resources: await resourcesOf(q, partyId, period),
              products: await productsOf(q, partyId, period),
              operation: { ...(await figuresOf(q, partyId, period)), periods },
            }
          : null,
    },
    missing: {
      implementing: [...unnamed, ...notFiled(given)],
      operating: [...unnamed, ...(await notReported(q, held, period)), ...notCosted(held, periods, period)],
    },
  };
}

const notFiled = (given: readonly Authorisation[]): Text[] =>
  given
    .filter((a) => a.filingNumber === null)
    .map((a) =>
      text(
        `${a.operator.name}的授权尚未备案（${a.agreementId}）`,
        `${a.operator.name} is not filed (${a.agreementId})`,
      ),
    );

/** Agreements that ran long enough to owe a security report in the year, and have none. */
async function notReported(q: Queryable, held: readonly Authorisation[], { from, until }: Period): Promise<Text[]> {
  const missing: Text[] = [];
  for (const a of held) {
    const begin = new Date(a.validFrom) > from ? new Date(a.validFrom) : from;
    const end = a.endedAt !== null && new Date(a.endedAt) < until ? new Date(a.endedAt) : until;
    if (monthsAfter(begin, valueAt(TIMES.securityReport, begin).value) > end) continue;
    const report = await q
      .selectFrom('security_report')
      .select('id')
      .where('agreement_id', '=', a.agreementId)
      .where('reported_at', '>=', from)
      .where('reported_at', '<', until)
      .executeTakeFirst();
    if (!report)
      missing.push(
        text(`年度内没有提交运营安全报告（${a.agreementId}）`, `no security report in the year (${a.agreementId})`),
      );
  }
  return missing;
}

/** After the trial year costs and revenue stand in an approved period, counted when it is over. */
function notCosted(
  held: readonly Authorisation[],
  periods: NonNullable<Disclosure['operating']>['operation']['periods'],
  { until }: Period,
): Text[] {
  const grown = held.some((a) => monthsAfter(new Date(a.validFrom), valueAt(TRIAL_MONTHS, until).value) <= until);
  if (grown && periods.length === 0)
    return [text('没有核定的成本与最高准许收入', 'no costs and allowed revenue are approved')];
  return periods
    .filter((p) => new Date(p.until) <= until && p.revenue === null)
    .map((p) =>
      text(
        `${p.from.slice(0, 10)}起的周期收入尚未核算`,
        `the revenue of the period from ${p.from.slice(0, 10)} is not counted`,
      ),
    );
}

async function authorisationsOf(
  q: Queryable,
  side: 'authoriser_id' | 'operator_id',
  partyId: string,
  { from, until }: Period,
): Promise<Authorisation[]> {
  const rows = await q
    .selectFrom('operation_agreement as g')
    .innerJoin('case_file as c', 'c.id', 'g.case_id')
    .selectAll('g')
    .select('c.state')
    .select((e) => [
      e
        .selectFrom('operation_evaluation as v')
        .select((x) => x.fn.countAll<number>().as('n'))
        .whereRef('v.agreement_id', '=', 'g.id')
        .where('v.passed', '=', true)
        .where('v.evaluated_at', '>=', from)
        .where('v.evaluated_at', '<', until)
        .as('passed'),
      e
        .selectFrom('operation_evaluation as v')
        .select((x) => x.fn.countAll<number>().as('n'))
        .whereRef('v.agreement_id', '=', 'g.id')
        .where('v.passed', '=', false)
        .where('v.evaluated_at', '>=', from)
        .where('v.evaluated_at', '<', until)
        .as('failed'),
    ])
    .where(`g.${side}`, '=', partyId)
    .where('g.operator_signed_at', 'is not', null)
    .where('g.authoriser_signed_at', 'is not', null)
    .where('g.valid_from', '<', until)
    .where('g.valid_until', '>', from)
    .where((e) => e.or([e('g.ended_at', 'is', null), e('g.ended_at', '>=', from)]))
    .orderBy('g.id')
    .execute();
  const names = await partiesById(
    q,
    rows.flatMap((g) => [g.operator_id, g.authoriser_id]),
  );
  const named = (id: string) => ({ id, name: names.get(id)?.name ?? '', uscc: names.get(id)?.uscc ?? '' });
  return rows.map((g) => ({
    agreementId: g.id,
    operator: named(g.operator_id),
    authoriser: named(g.authoriser_id),
    mode: MODE_TITLES[g.mode],
    resources: g.resource_ids.length,
    validFrom: g.valid_from.toISOString(),
    validUntil: g.valid_until.toISOString(),
    filingNumber: g.filing_number,
    state: agreementStateTitle(g.state),
    endedAt: g.ended_at?.toISOString() ?? null,
    evaluationsPassed: Number(g.passed ?? 0),
    evaluationsFailed: Number(g.failed ?? 0),
  }));
}

/** Caps that stood at some moment of the year: set before its end, and not replaced before its beginning. */
async function capsOf(q: Queryable, partyId: string, { from, until }: Period) {
  const { rows } = await sql<{
    id: string;
    product_id: string;
    title: string;
    operator_id: string;
    cap_fen: string;
    units: string;
    trial: boolean;
    valid_from: Date;
  }>`select c.id, c.product_id, p.title, c.operator_id, c.cap_fen::text, c.units::text, c.revenue_id is null as trial,
       c.valid_from
     from price_cap c join product p on p.id = c.product_id
    where c.authoriser_id = ${partyId} and c.valid_from < ${until}
      and not exists (select from price_cap l where l.product_id = c.product_id and l.valid_from > c.valid_from
                        and l.valid_from <= ${from})
    order by c.product_id, c.valid_from, c.id`.execute(q);
  const names = await partiesById(
    q,
    rows.map((r) => r.operator_id),
  );
  return rows.map((r) => ({
    capId: r.id,
    productId: r.product_id,
    product: r.title,
    operator: {
      id: r.operator_id,
      name: names.get(r.operator_id)?.name ?? '',
      uscc: names.get(r.operator_id)?.uscc ?? '',
    },
    cap: fen(r.cap_fen),
    units: r.units,
    trial: r.trial,
    setAt: r.valid_from.toISOString(),
  }));
}

async function resourcesOf(q: Queryable, partyId: string, { from, until }: Period) {
  const { rows } = await sql<{
    id: string;
    title: string;
    holder: string;
    sector: string;
    grade: string;
    update_frequency: string;
    purposes: string[] | null;
  }>`select r.id, r.title, h.name as holder, r.sector, r.grade, r.update_frequency,
       (select array_agg(distinct a.purpose order by a.purpose) from resource_authorisation a
         where a.resource_id = r.id and a.party_id = ${partyId} and a.scenario_id is not null and a.granted_at < ${until}
           and a.valid_until > ${from} and (a.revoked_at is null or a.revoked_at >= ${from})) as purposes
     from resource r join party h on h.id = r.holder_id
    where r.id in (select unnest(g.resource_ids) from operation_agreement g where g.operator_id = ${partyId}
                     and g.operator_signed_at is not null and g.authoriser_signed_at is not null
                     and g.valid_from < ${until} and g.valid_until > ${from}
                     and (g.ended_at is null or g.ended_at >= ${from}))
    order by r.id`.execute(q);
  return rows.map((r) => ({
    resourceId: r.id,
    title: r.title,
    holder: r.holder,
    sector: r.sector,
    grade: r.grade,
    updateFrequency: r.update_frequency,
    purposes: r.purposes ?? [],
  }));
}

/** Products made under rights of the procedure that stood on the market in the year. */
async function productsOf(q: Queryable, partyId: string, { from, until }: Period) {
  const { rows } = await sql<{
    id: string;
    title: string;
    kind: string;
    state: string;
    listed_at: Date | null;
    classes: UseClass[];
    price: string;
    calls: number | null;
    cap_fen: string | null;
  }>`select p.id, p.title, p.kind, p.state, p.listed_at, m.classes, p.content #>> '{pricing,price,amountFen}' as price,
       (p.content #>> '{pricing,callsPerPackage}')::bigint as calls,
       (select c.cap_fen::text from price_cap c where c.product_id = p.id and c.valid_from < ${until}
         order by c.valid_from desc, c.id desc limit 1) as cap_fen
     from product p, lateral (select array_agg(distinct s.use_class order by s.use_class) as classes
            from resource_use u join resource_authorisation a on a.id = u.authorisation_id
            join data_scenario s on s.id = a.scenario_id where u.made_id = p.id) m
    where p.holder_id = ${partyId} and m.classes is not null and p.state in ('listed', 'suspended', 'withdrawn')
      and p.listed_at < ${until} and (p.withdrawn_at is null or p.withdrawn_at >= ${from})
    order by p.id`.execute(q);
  return rows.map((p) => ({
    productId: p.id,
    title: p.title,
    kind: p.kind,
    state: p.state,
    listedAt: p.listed_at?.toISOString() ?? null,
    useClasses: p.classes,
    price: fen(p.price),
    calls: p.calls,
    cap: p.cap_fen === null ? null : fen(p.cap_fen),
  }));
}

async function periodsOf(q: Queryable, partyId: string, { from, until }: Period) {
  const rows = await q
    .selectFrom('allowed_revenue')
    .selectAll()
    .where('operator_id', '=', partyId)
    .where('allowed_fen', 'is not', null)
    .where('period_from', '<', until)
    .where('period_until', '>', from)
    .orderBy('period_from')
    .execute();
  return rows.map((r) => ({
    from: r.period_from.toISOString(),
    until: r.period_until.toISOString(),
    cost: money(costOf(r.costs)),
    subsidy: fen(r.subsidy_fen),
    allowed: fen(r.allowed_fen),
    revenue: r.revenue_fen === null ? null : fen(r.revenue_fen),
    excess: r.excess_fen === null ? null : fen(r.excess_fen),
  }));
}

async function figuresOf(q: Queryable, partyId: string, { from, until }: Period) {
  const { rows } = await sql<{
    orders: number;
    revenue: string;
    reports: number;
    incidents: number;
    trainings: number;
    drills: number;
    raised: number;
    answered: number;
    violations: number;
  }>`with made as (select distinct u.made_id from resource_use u join resource_authorisation a on a.id = u.authorisation_id
                    where a.party_id = ${partyId} and a.scenario_id is not null),
       sold as (select count(*)::int as orders, coalesce(sum(c.total_fen), 0)::text as revenue
                  from clearing c join trade_order t on t.id = c.order_id
                 where t.product_id in (select made_id from made) and c.state = 'cleared'
                   and c.closed_at >= ${from} and c.closed_at < ${until}),
       told as (select count(*)::int as reports, coalesce(sum(s.incidents), 0)::int as incidents
                  from security_report s join operation_agreement g on g.id = s.agreement_id
                 where g.operator_id = ${partyId} and s.reported_at >= ${from} and s.reported_at < ${until}),
       trained as (select count(*) filter (where s.kind = 'training')::int as trainings,
                          count(*) filter (where s.kind = 'drill')::int as drills
                     from security_training s join operation_agreement g on g.id = s.agreement_id
                    where g.operator_id = ${partyId} and s.held_on >= (${from}::timestamptz at time zone 'Asia/Shanghai')::date
                      and s.held_on < (${until}::timestamptz at time zone 'Asia/Shanghai')::date),
       asked as (select count(*)::int as raised, count(d.answered_at)::int as answered
                   from governance_demand d join operation_agreement g on g.id = d.agreement_id
                  where g.operator_id = ${partyId} and d.raised_at >= ${from} and d.raised_at < ${until}),
       blamed as (select count(*)::int as violations from violation_report v
                   where (v.subject in (select made_id from made) or v.subject = ${partyId})
                     and v.reported_at >= ${from} and v.reported_at < ${until})
     select * from sold, told, trained, asked, blamed`.execute(q);
  const [row] = rows;
  return {
    orders: row?.orders ?? 0,
    revenue: fen(row?.revenue ?? '0'),
    securityReports: row?.reports ?? 0,
    incidents: row?.incidents ?? 0,
    trainings: row?.trainings ?? 0,
    drills: row?.drills ?? 0,
    governanceRaised: row?.raised ?? 0,
    governanceAnswered: row?.answered ?? 0,
    violationReports: row?.violations ?? 0,
  };
}
