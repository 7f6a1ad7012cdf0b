import { describe, expect, it } from 'vitest';
import { base64, utf8 } from './bytes.ts';
import { CERTIFICATE_TYPE, readCertificate, readCertificatePdf } from './certificate-file.ts';

const NOTE = 'shuheng/certificate/2\n\n— key AAAA\n';
const json = (more: Record<string, unknown> = {}): string => {
  const whole: Record<string, unknown> = {
    contentSha256: 'aa',
    evidence: [],
    file: NOTE,
    id: 'cer_1',
    number: 'N1',
    signature: NOTE,
    type: CERTIFICATE_TYPE,
    ...more,
  };
  return JSON.stringify(Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1))));
};

interface Stream {
  readonly content: string;
  readonly length?: number | string;
  readonly dictionary?: string;
}
const embedded = ({ content, length = utf8(content).length, dictionary = '' }: Stream): string =>
  `7 0 obj\n<< /Type /EmbeddedFile ${dictionary} /Length ${length} >>\nstream\n${content}\nendstream\nendobj\n`;
const pdf = (body: string, end = `%shuheng-signature ${base64(utf8(NOTE))}\n`): Uint8Array =>
  utf8(`%PDF-1.7\n${body}%%EOF\n${end}`);
const sound = pdf(embedded({ content: json() }));

describe('a certificate in a PDF', () => {
  it('is the embedded file, and the signature speaks of every byte before its line', () => {
    const parts = readCertificatePdf(sound);
    expect(new TextDecoder().decode(parts?.json)).toBe(json());
    expect(parts?.note).toBe(NOTE);
    expect(sound.length - (parts?.signed.length ?? 0)).toBe(`%shuheng-signature ${base64(utf8(NOTE))}\n`.length);
  });

  it('takes the last signature line, so that whatever was put behind the first one is signed or refused', () => {
    const added = `9 0 obj\n<< /Type /Page >>\nendobj\n%shuheng-signature ${base64(utf8('other\n'))}\n`;
    const parts = readCertificatePdf(
      pdf(embedded({ content: json() }), `%shuheng-signature ${base64(utf8(NOTE))}\n${added}`),
    );
    expect(parts?.note).toBe('other\n');
    expect(new TextDecoder().decode(parts?.signed)).toContain('/Type /Page');
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['another file', utf8('PK\u0003\u0004')],
    ['no embedded file', pdf('')],
    ['no signature line', pdf(embedded({ content: json() }), '')],
    [
      'bytes behind the signature line',
      pdf(embedded({ content: json() }), `%shuheng-signature ${base64(utf8(NOTE))}\n9 0 obj`),
    ],
    ['a signature line that is no Base64', pdf(embedded({ content: json() }), '%shuheng-signature ???\n')],
    [
      'a signature line longer than any',
      pdf(embedded({ content: json() }), `%shuheng-signature ${'A'.repeat(20_000)}\n`),
    ],
    ['two embedded certificates', pdf(embedded({ content: json() }) + embedded({ content: json({ number: 'N2' }) }))],
    ['a packed embedded file', pdf(embedded({ content: json(), dictionary: '/Filter /FlateDecode' }))],
    ['a length that reaches past the end', pdf(embedded({ content: json(), length: 99_999 }))],
    ['a length that is too short', pdf(embedded({ content: json(), length: 3 }))],
    ['a length that refers elsewhere', pdf(embedded({ content: json(), length: '-1' }))],
    ['a length with twenty digits', pdf(embedded({ content: json(), length: '9'.repeat(20) }))],
    ['a dictionary too large to be one', pdf(embedded({ content: json(), dictionary: ' '.repeat(4_000) }))],
    ['more marks than a certificate has', pdf('/EmbeddedFile '.repeat(1_000) + embedded({ content: json() }))],
    ['a certificate not written canonically', pdf(embedded({ content: json().replace('{', '{ ') }))],
    ['another kind of embedded JSON', pdf(embedded({ content: '{"type":"invoice"}' }))],
    ['a stream cut off', sound.subarray(0, 200)],
  ])('is not found in %s', (_, bytes) => {
    expect(readCertificatePdf(bytes)).toBeUndefined();
  });

  it('never throws, whichever byte is changed, and never takes another certificate for it', () => {
    for (let at = 0; at < sound.length; at++) {
      const changed = Uint8Array.from(sound);
      changed[at] = (changed[at] ?? 0) ^ 0x11;
      const parts = readCertificatePdf(changed);
      if (!parts) continue;
      const same =
        changed.length === sound.length && parts.signed.every((byte, i) => byte === sound[i]) && parts.note === NOTE;
      expect(same, `byte ${at}`).toBe(false);
    }
  });
});

describe('a certificate as JSON', () => {
  const item = { entry: 'AAAA', proof: 'p', receiptId: 'rct_1' };

  it('has its evidence item by item', () => {
    expect(readCertificate(utf8(json({ evidence: [item] })))?.evidence).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['another type', json({ type: 'shuheng/certificate/1' })],
    ['a number that is no text', json({ number: 1 })],
    ['no evidence', json({ evidence: null })],
    ['an evidence item with something more', json({ evidence: [{ ...item, verified: true }] })],
    ['an entry that is no Base64', json({ evidence: [{ ...item, entry: '***' }] })],
    ['an opening without a whole salt', json({ evidence: [{ ...item, opened: { party: { salt: 'ab', value: 1 } } }] })],
    ['more evidence than allowed', json({ evidence: Array.from({ length: 5_001 }, () => item) })],
    ['members in another order', `{"type":${JSON.stringify(CERTIFICATE_TYPE)},${json().slice(1)}`],
    ['text behind it', `${json()}{}`],
    ['no JSON', '{'],
  ])('is refused with %s', (_, text) => {
    expect(readCertificate(utf8(text))).toBeUndefined();
  });

  it('does not let a member named like a prototype pass for one of its own', () => {
    expect(readCertificate(utf8(`{"__proto__":${json()}}`))).toBeUndefined();
  });
});
