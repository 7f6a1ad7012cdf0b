/** The few parts of mysql2 that are used here. */
declare module 'mysql2/promise' {
  import type { Readable } from 'node:stream';

  export interface Connection {
    query(sql: string, values?: readonly unknown[]): Promise<[Record<string, unknown>[], unknown]>;
    end(): Promise<void>;
    destroy(): void;
    /** The connection with callbacks, whose queries can be streamed. */
    readonly connection: { query(options: { sql: string; rowsAsArray: boolean }): { stream(): Readable } };
  }
  export function createConnection(options: Readonly<Record<string, unknown>>): Promise<Connection>;
}
