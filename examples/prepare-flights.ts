/**
 * Run as a process of its own, so that the engine's memory goes with it: writes the flight table as the transport
 * department keeps it, with the day of the flight beside the scheduled time.
 * Arguments: source file (Parquet, or JSON of the same rows), target Parquet file.
 */
import { DuckDBInstance } from '@duckdb/node-api';

const [source = '', target = ''] = process.argv.slice(2);
const quote = (path: string): string => `'${path.replaceAll("'", "''")}'`;
const rows = source.endsWith('.parquet')
  ? `select "date" as scheduled, delay, distance, origin, destination from read_parquet(${quote(source)})`
  : `select strptime("date", '%Y/%m/%d %H:%M') as scheduled, delay::bigint as delay, distance, origin, destination from read_json(${quote(source)})`;
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
const connection = await instance.connect();
await connection.run(
  `copy (select cast(scheduled as date) as flight_date, scheduled, delay, distance, origin, destination from (${rows}))
   to ${quote(target)} (format parquet, compression zstd)`,
);
connection.closeSync();
instance.closeSync();
