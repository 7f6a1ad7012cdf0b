/** What one analyst would ask of the sample's tables in a working session, in this order; each has another answer. */
export interface Question {
  readonly what: string;
  readonly sql: string;
}
const asked = (table: string, list: readonly (readonly [what: string, select: string, rest: string])[]): Question[] =>
  list.map(([what, select, rest]) => ({ what, sql: `select ${select} from ${table}${rest}` }));

/** Twenty-five analyses of a table of people: shapes of one to three columns, filters, sums of three arguments. */
export const CUSTOMER_SESSION: readonly Question[] = asked('customers', [
  ['people and purchases', 'count(distinct customer_id) as people, count(*) as n', ''],
  ['by city', 'city, count(distinct customer_id) as people, sum(spent) as s', ' group by city'],
  ['by level', 'level, count(distinct customer_id) as people, sum(spent) as s', ' group by level'],
  ['by gender', 'gender, count(distinct customer_id) as people, avg(spent) as s', ' group by gender'],
  ['orders by level and gender', 'level, gender, count(*) as n, avg(orders) as o', ' group by level, gender'],
  ['by decade of age', 'floor(age / 10) * 10 as a, count(*) as n, sum(spent) as s', ' group by a'],
  ['by month', 'month, count(*) as n, sum(spent) as s, sum(orders) as o', ' group by month'],
  ['by city and level', 'city, level, count(*) as n, sum(spent) as s', ' group by city, level'],
  ['by city and gender', 'city, gender, count(*) as n, sum(spent) as s', ' group by city, gender'],
  ['overdue by city', 'city, count(*) as n, sum(overdue) as d', ' group by city'],
  ['overdue by level', 'level, count(*) as n, sum(overdue) as d', ' group by level'],
  ['by city and month', 'city, month, count(*) as n, sum(spent) as s', ' group by city, month'],
  ['by level and month', 'level, month, count(*) as n, sum(orders) as o', ' group by level, month'],
  ['by year of joining', 'year(joined) as y, count(distinct customer_id) as people, sum(spent) as s', ' group by y'],
  ['women by city', 'city, count(*) as n, sum(spent) as s', " where gender = '女' group by city"],
  ['over sixty by level', 'level, count(*) as n, sum(spent) as s', ' where age >= 60 group by level'],
  ['under thirty by city', 'city, count(*) as n, avg(spent) as s', ' where age < 30 group by city'],
  [
    'gold by decade of age',
    'floor(age / 10) * 10 as a, count(*) as n, sum(orders) as o',
    " where level = '金卡' group by a",
  ],
  [
    'by decade of age and gender',
    'floor(age / 10) * 10 as a, gender, count(*) as n, sum(spent) as s',
    ' group by a, gender',
  ],
  [
    'by decade of age and level',
    'floor(age / 10) * 10 as a, level, count(*) as n, sum(spent) as s',
    ' group by a, level',
  ],
  [
    'joined since 2022 by city',
    'city, count(*) as n, sum(spent) as s',
    " where joined >= date '2022-01-01' group by city",
  ],
  ['two cities by level', 'level, count(*) as n, sum(spent) as s', " where city in ('济南', '青岛') group by level"],
  ['by age of five years', 'floor(age / 5) * 5 as a, count(*) as n, avg(orders) as o', ' group by a'],
  ['by year of joining and gender', 'year(joined) as y, gender, count(*) as n, sum(spent) as s', ' group by y, gender'],
  ['by city, level and gender', 'city, level, gender, count(*) as n, sum(spent) as s', ' group by city, level, gender'],
]);

/** As many of the flights, rows of things; the widest has some thousand cells. */
export const FLIGHT_SESSION: readonly Question[] = asked('flights', [
  ['flights', 'count(*) as n, avg(delay) as d', ''],
  ['by month', "date_trunc('month', flight_date) as m, count(*) as n, avg(delay) as d", ' group by m'],
  ['by hour', 'hour(scheduled) as h, count(*) as n, avg(delay) as d', ' group by h'],
  ['by weekday', 'dayofweek(flight_date) as w, count(*) as n, avg(delay) as d', ' group by w'],
  ['by airport', 'origin, count(*) as n, avg(delay) as d', ' group by origin'],
  ['by destination', 'destination, count(*) as n, avg(delay) as d', ' group by destination'],
  ['by distance', 'floor(distance / 250) * 250 as b, count(*) as n, sum(delay) as s', ' group by b'],
  ['late by airport', 'origin, count(*) as n', ' where delay > 15 group by origin'],
  [
    'by hour and weekday',
    'hour(scheduled) as h, dayofweek(flight_date) as w, count(*) as n, avg(delay) as d',
    ' group by h, w',
  ],
  ['by day', 'flight_date, count(*) as n, avg(delay) as d', ' group by flight_date'],
  ['by route', 'origin, destination, count(*) as n, avg(delay) as d', ' group by origin, destination'],
  ['late by hour', 'hour(scheduled) as h, count(*) as n', ' where delay > 15 group by h'],
  [
    'by hour and distance',
    'hour(scheduled) as h, floor(distance / 250) * 250 as b, count(*) as n, sum(delay) as s',
    ' group by h, b',
  ],
  ['an hour late by month', "date_trunc('month', flight_date) as m, count(*) as n", ' where delay > 60 group by m'],
  ['short hops by hour', 'hour(scheduled) as h, count(*) as n, avg(delay) as d', ' where distance < 500 group by h'],
  ['evening by airport', 'origin, count(*) as n, avg(delay) as d', ' where hour(scheduled) >= 18 group by origin'],
  [
    'by airport and month',
    "origin, date_trunc('month', flight_date) as m, count(*) as n, avg(delay) as d",
    ' group by origin, m',
  ],
  [
    'by month and hour',
    "date_trunc('month', flight_date) as m, hour(scheduled) as h, count(*) as n, avg(delay) as d",
    ' group by m, h',
  ],
  [
    'from Atlanta by destination',
    'destination, count(*) as n, avg(delay) as d',
    " where origin = 'ATL' group by destination",
  ],
  ['distance by airport', 'origin, count(*) as n, avg(distance) as d', ' group by origin'],
  ['very late by destination', 'destination, count(*) as n', ' where delay > 120 group by destination'],
  [
    'by airport and weekday',
    'origin, dayofweek(flight_date) as w, count(*) as n, avg(delay) as d',
    ' group by origin, w',
  ],
  [
    'long hauls by month',
    "date_trunc('month', flight_date) as m, count(*) as n, avg(delay) as d",
    ' where distance > 2000 group by m',
  ],
  ['by delay of a quarter', 'floor(delay / 15) * 15 as q, count(*) as n', ' group by q'],
  ['by airport and hour', 'origin, hour(scheduled) as h, count(*) as n, avg(delay) as d', ' group by origin, h'],
]);
