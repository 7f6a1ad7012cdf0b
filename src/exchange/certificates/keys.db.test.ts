import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logKey, settled } from '../../kernel/evidence/index.ts';
import { rotateKeys } from '../../kernel/evidence/key-acts.ts';
import { base64, linesOf, parseKey, parseNote, verifyCertificate } from '../../kernel/evidence/verify/index.ts';
import { certificateJson, certificatePdf } from './index.ts';
import { announcementReceipts } from './keys.ts';
import { type Market, openMarket } from './testing.ts';

let market: Market;
let vkey: string;

beforeAll(async () => {
  market = await openMarket({}, 'sm');
  vkey = (await logKey(market.database.db)) ?? '';
});
afterAll(() => market.drop());

async function issued(): Promise<string> {
  const order = await market.order();
  await market.clear(order);
  return (await market.issue(market.people.holder, 'clearing', order)).certificateId;
}

const json = (id: string) => certificateJson(market.database.db, market.people.holder, id);

/** Kinds of the signature lines under a note. */
async function kindsOf(note: string, vkeys: readonly string[]): Promise<string[]> {
  const parsed = parseNote(note);
  return vkeys.flatMap((text) => {
    const key = parseKey(text);
    return parsed && key && linesOf(parsed, key).length > 0 ? [key.type] : [];
  });
}

describe('a certificate where the suite is sm', () => {
  test('carries an SM2 line beside Ed25519, in the file and in print, and each is checked', async () => {
    const id = await issued();
    const bytes = await json(id);
    expect(verifyCertificate({ json: bytes, vkey }).outcome).toBe('proven');
    const pdf = await certificatePdf(market.database.db, market.people.holder, id, 'http://127.0.0.1');
    expect(verifyCertificate({ pdf, vkey }).outcome).toBe('proven');

    const file = JSON.parse(bytes.toString()) as { signature: string };
    const lines = parseNote(file.signature)?.signatures ?? [];
    expect(lines).toHaveLength(2);
    // One changed byte in either line, written as the file would be.
    for (const { name, keyId, signature } of lines) {
      const payload = Buffer.concat([keyId, signature]);
      const line = `— ${name} ${base64(payload)}`;
      payload[40] = (payload[40] ?? 0) ^ 1;
      const changed = bytes.toString().replace(JSON.stringify(line).slice(1, -1), `— ${name} ${base64(payload)}`);
      expect(changed).not.toBe(bytes.toString());
      expect(verifyCertificate({ json: Buffer.from(changed), vkey }).outcome).toBe('false');
    }
  });

  test('issued under a key that was replaced stays proven; the next is signed by the new keys', async () => {
    const before = await issued();
    const kept = await json(before);
    const { receiptId, vkeys, replaces } = await rotateKeys(market.kernel, market.keys, {
      purpose: 'certificate',
      reason: 'scheduled',
      overlapDays: 0,
    });
    expect(await announcementReceipts(market.database.db)).toContain(receiptId);
    const after = await issued();
    await settled(market.database.db);
    const file = JSON.parse((await json(after)).toString()) as { signature: string };
    expect(await kindsOf(file.signature, vkeys)).toEqual(['ed25519', 'sm2']);
    expect(await kindsOf(file.signature, replaces)).toEqual([]);
    for (const bytes of [kept, await json(before), await json(after)])
      expect(verifyCertificate({ json: bytes, vkey }).outcome).toBe('proven');
  });
});
