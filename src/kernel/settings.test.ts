import { expect, it } from 'vitest';
import { readSettings } from './settings.ts';

const PLACE = 's3://house?endpoint=http://127.0.0.1:9000';
const settings = (vault: string, log: string) => () => readSettings({ OBJECT_STORE: vault, LOG_STORE: log });

it.each([
  [PLACE, PLACE],
  [`${PLACE}&prefix=vault/`, PLACE],
  [PLACE, `${PLACE}&prefix=log/`],
  [`${PLACE}&prefix=a/`, `${PLACE}&prefix=a/log/`],
])('the log has no place within the vault, nor the vault within the log: %s and %s', (vault, log) => {
  expect(settings(vault, log)).toThrow(/one place/);
});

it.each([
  [`${PLACE}&prefix=vault/`, `${PLACE}&prefix=log/`],
  [PLACE, 's3://public-log?endpoint=http://127.0.0.1:9000'],
  [PLACE, 's3://house?endpoint=http://127.0.0.1:9001'],
  ['', PLACE],
  [PLACE, ''],
])('but places of their own: %s and %s', (vault, log) => {
  expect(settings(vault, log)().LOG_STORE).toBe(log || undefined);
});
