import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { fenOf, yuan } from '../../kernel/ledger/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import type { Text } from '../../kernel/text.ts';
import { type CertificateKind, type CertificateTable, type Content, KIND_TITLES, REVOCATION_GROUNDS } from './model.ts';
import { certificateFor } from './reads.ts';

const require = createRequire(import.meta.url);
const font = (weight: string) => require.resolve(`@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`);

/** Tokens of the web application's look, so that paper and screen are one. */
const INK = '#0b1f33';
const INK_2 = '#3b4d61';
const INK_3 = '#667789';
const LINE = '#dfe5ea';
const TEAL = '#0a6e6e';
const RED = '#a8241c';

const MARGIN = 60;
const FOOT = 132;
const LABEL_WIDTH = 130;
const CELL_GAP = 24;
const QR_SIZE = 84;
const MONO = 'Courier';
const BEIJING_OFFSET_MS = 8 * 3_600_000;

type Doc = InstanceType<typeof PDFDocument>;

/** What is printed: what the certificate says, and how it stands today. */
export interface Paper extends Content {
  readonly contentSha256: string;
  readonly revocation: { readonly at: string; readonly ground: string } | null;
}

const paperOf = (row: CertificateTable): Paper => ({
  ...row.content,
  contentSha256: row.content_sha256,
  revocation: row.revoked_at && {
    at: row.revoked_at.toISOString(),
    ground: row.revoked_ground === null ? '' : REVOCATION_GROUNDS[row.revoked_ground].zh,
  },
});

/** What the certificate states in one sentence. */
const STATEMENT: Readonly<Record<CertificateKind, (c: Paper) => Text>> = {
  registration: (c) => ({
    zh: `兹证明，${c.holder.name}持有的“${c.subject.title}”已在本所完成登记，登记记录已存入数据交易链。`,
    en: `This certifies that “${c.subject.title}”, held by ${c.holder.name}, is registered at this exchange and that the registration stands in its evidence log.`,
  }),
  trade: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”的交易已由双方签署并付款，下列记录已存入数据交易链。`,
    en: `This certifies that the trade in the data product “${c.subject.title}” was signed by both sides and paid, and that the records below stand in the evidence log.`,
  }),
  delivery: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”已按合约交付并通过验收，下列记录已存入数据交易链。`,
    en: `This certifies that the data product “${c.subject.title}” was delivered under its contract and accepted, and that the records below stand in the evidence log.`,
  }),
  clearing: (c) => ({
    zh: `兹证明，数据产品“${c.subject.title}”的交易价款已按规则清算，并分配至下列收益权人。`,
    en: `This certifies that the price of the data product “${c.subject.title}” was cleared by the rules and paid to those named below.`,
  }),
  asset: (c) => ({
    zh: `兹依据数据交易链的登记、交易、交付记录，出具“${c.subject.title}”的数据资产凭证，供会计处理和资产评估参考。`,
    en: `Made from the records of registration, trade and delivery in the evidence log, this certifies the facts of the data asset “${c.subject.title}” for accounting and valuation.`,
  }),
};

/** @param publicUrl origin people reach the platform at; the QR code leads to its page for checking certificates */
export async function certificatePdf(
  db: Queryable,
  actor: Actor,
  certificateId: string,
  publicUrl: string,
): Promise<Buffer> {
  return renderCertificate(paperOf(await certificateFor(db, actor, certificateId)), publicUrl);
}

/** Draws a certificate on A4. Characters outside the font (rare ones beyond the Basic Multilingual Plane) print as boxes. */
export async function renderCertificate(certificate: Paper, publicUrl: string): Promise<Buffer> {
  const title = KIND_TITLES[certificate.kind];
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: FOOT },
    bufferPages: true,
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: `${title.zh} ${certificate.number}`,
      Author: certificate.issuer,
      Subject: title.en,
      CreationDate: new Date(certificate.issuedAt),
    },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<Buffer>((done, fail) =>
    doc.on('end', () => done(Buffer.concat(chunks))).on('error', fail),
  );
  doc.registerFont('text', font('400Regular'));
  doc.registerFont('strong', font('600SemiBold'));

  head(doc, certificate);
  titleBlock(doc, title, STATEMENT[certificate.kind](certificate));
  particulars(doc, certificate);
  events(doc, certificate);
  const verifyUrl = `${publicUrl.replace(/\/$/, '')}/certificates/${certificate.id}`;
  const qr = QRCode.create(verifyUrl, { errorCorrectionLevel: 'M' });
  const { count } = doc.bufferedPageRange();
  for (let n = 0; n < count; n++) {
    doc.switchToPage(n);
    foot(doc, certificate, verifyUrl, qr.modules, { page: n + 1, pages: count });
  }
  doc.end();
  return finished;
}

const width = (doc: Doc): number => doc.page.width - 2 * MARGIN;

interface Hand {
  readonly font: string;
  readonly size: number;
  readonly color: string;
}
const hand = (font: string, size: number, color: string): Hand => ({ font, size, color });
const VALUE = hand('strong', 10.5, INK);
const ID = hand(MONO, 7.5, INK_3);

/** Writes one line at a place. */
function put(doc: Doc, { font: name, size, color }: Hand, text: string, x: number, y: number): void {
  doc.font(name, size).fillColor(color).text(text, x, y, { lineBreak: false });
}

/** Writes one line that ends at the right margin. */
function putRight(doc: Doc, { font: name, size, color }: Hand, text: string, y: number): void {
  doc
    .font(name, size)
    .fillColor(color)
    .text(text, MARGIN, y, { width: width(doc), align: 'right', lineBreak: false });
}

/** Writes a paragraph and leaves the pen below it. */
function paragraph(
  doc: Doc,
  { font: name, size, color }: Hand,
  text: string,
  y: number,
  options: { lineGap?: number; characterSpacing?: number } = {},
): void {
  doc
    .font(name, size)
    .fillColor(color)
    .text(text, MARGIN, y, { width: width(doc), ...options });
}

/** Chinese, and English beside it on the same baseline in smaller type. */
function label(doc: Doc, { zh, en }: Text, x: number, y: number, size: number): void {
  put(doc, hand('text', size, INK_2), zh, x, y);
  put(doc, hand('text', size * 0.82, INK_3), en, x + doc.widthOfString(zh) + 7, y + size * 0.21);
}

const line = (doc: Doc, y: number): Doc =>
  doc
    .moveTo(MARGIN, y)
    .lineTo(doc.page.width - MARGIN, y)
    .lineWidth(0.5)
    .strokeColor(LINE)
    .stroke();

/** The scales of the mark, the issuer, and the number at the right. */
function head(doc: Doc, c: Paper): void {
  doc.rect(0, 0, doc.page.width, 6).fill(TEAL);
  const y = 40;
  doc.save().translate(MARGIN, y).lineWidth(2).strokeColor(TEAL);
  doc.path('M3 7h20M13 3v20M7 23h12').stroke();
  doc.lineWidth(1.5).path('M3 7l-1 7a4 4 0 0 0 6 0L7 7M19 7l-1 7a4 4 0 0 0 6 0L23 7').stroke();
  doc.restore();
  put(doc, hand('strong', 12, INK), c.issuer, MARGIN + 36, y - 1);
  put(doc, hand('text', 7.5, INK_3), '数据交易链存证凭证　Evidence-based certificate', MARGIN + 36, y + 16);
  putRight(doc, hand('text', 7.5, INK_3), '凭证编号　No.', y);
  putRight(doc, hand(MONO, 12, INK), c.number, y + 15);
  line(doc, 82);
  doc.y = 106;
}

function titleBlock(doc: Doc, title: Text, statement: Text): void {
  paragraph(doc, hand('strong', 30, INK), title.zh, doc.y, { characterSpacing: 6 });
  paragraph(doc, hand('text', 12, TEAL), title.en, doc.y + 1);
  paragraph(doc, hand('text', 11.5, INK), statement.zh, doc.y + 16, { lineGap: 4 });
  paragraph(doc, hand('text', 8.5, INK_2), statement.en, doc.y + 3, { lineGap: 2 });
  doc.y += 16;
}

function particulars(doc: Doc, c: Paper): void {
  if (c.revocation) revoked(doc, c.revocation);
  const own = c.parties.find((p) => p.id === c.holder.id);
  const holder = own
    ? { zh: `权利人（${own.role.zh}）`, en: `Right holder, ${own.role.en.toLowerCase()}` }
    : { zh: '权利人', en: 'Right holder' };
  cells(doc, [{ label: { zh: '标的', en: 'Subject' }, value: c.subject.title, id: c.subject.id }]);
  const rest = [
    { label: holder, value: c.holder.name, id: c.holder.uscc },
    ...c.parties.filter((p) => p.id !== c.holder.id).map((p) => ({ label: p.role, value: p.name, id: p.uscc })),
    { label: { zh: '出具时间（北京时间）', en: 'Issued, Beijing time' }, value: beijing(c.issuedAt), id: c.issuedAt },
  ];
  for (let n = 0; n < rest.length; n += 2) cells(doc, rest.slice(n, n + 2));
  for (const a of c.amounts) amount(doc, a);
}

function revoked(doc: Doc, revocation: NonNullable<Paper['revocation']>): void {
  const said = `本凭证已于 ${beijing(revocation.at)} 注销：${revocation.ground}　Revoked`;
  const inner = { width: width(doc) - 24 };
  const height = doc.font('strong', 10).heightOfString(said, inner) + 14;
  const y = doc.y;
  doc.rect(MARGIN, y, width(doc), height).lineWidth(1).strokeColor(RED).stroke();
  doc.fillColor(RED).text(said, MARGIN + 12, y + 6, inner);
  doc.y = y + height + 14;
}

interface Cell {
  readonly label: Text;
  readonly value: string;
  readonly id: string;
}

/** One or two particulars beside each other: what it is in both languages, what it says, its identifier in small type. */
function cells(doc: Doc, row: readonly Cell[]): void {
  const cellWidth = row.length === 1 ? width(doc) : (width(doc) - CELL_GAP) / 2;
  doc.font(VALUE.font, VALUE.size);
  const valueHeight = Math.max(...row.map((c) => doc.heightOfString(c.value, { width: cellWidth })));
  const height = valueHeight + 36;
  room(doc, height);
  const y = doc.y;
  line(doc, y);
  for (const [n, cell] of row.entries()) {
    const x = MARGIN + n * (cellWidth + CELL_GAP);
    label(doc, cell.label, x, y + 5, 8);
    doc
      .font(VALUE.font, VALUE.size)
      .fillColor(VALUE.color)
      .text(cell.value, x, y + 17, { width: cellWidth });
    put(doc, ID, cell.id, x, y + 19 + valueHeight);
  }
  doc.y = y + height;
}

/** An amount and for whom it is, on one line. */
function amount(doc: Doc, { title, amount: money, party }: Paper['amounts'][number]): void {
  const height = 23;
  room(doc, height);
  const y = doc.y;
  line(doc, y);
  label(doc, title, MARGIN, y + 5, 9);
  if (party) put(doc, hand('text', 9.5, INK), party, MARGIN + LABEL_WIDTH, y + 4.5);
  putRight(doc, VALUE, yuan(fenOf(money)), y + 3.5);
  doc.y = y + height;
}

/** The acts it rests on, each with its receipt and the hash of its entry. */
function events(doc: Doc, c: Paper): void {
  const each = 30;
  room(doc, 40 + 2 * each);
  line(doc, doc.y);
  label(doc, { zh: '所依据的存证记录', en: 'Evidence it rests on' }, MARGIN, doc.y + 14, 11);
  doc.y += 22;
  for (const e of c.events) {
    room(doc, each);
    const y = doc.y;
    doc.circle(MARGIN + 3, y + 7.5, 2.5).fill(TEAL);
    label(doc, e.title, MARGIN + 14, y, 9.5);
    putRight(doc, hand('text', 8.5, INK_2), beijing(e.at), y + 1);
    put(doc, hand(MONO, 7, INK_3), `${e.receiptId}  sha256:${e.entrySha256}`, MARGIN + 14, y + 16);
    doc.y = y + each;
  }
}

/** Goes to a new page when what follows does not fit above the foot. */
function room(doc: Doc, height: number): void {
  if (doc.y + height <= doc.page.height - FOOT + 4) return;
  doc.addPage();
  doc.rect(0, 0, doc.page.width, 6).fill(TEAL);
  doc.y = MARGIN;
}

interface Place {
  readonly page: number;
  readonly pages: number;
}

function foot(doc: Doc, c: Paper, verifyUrl: string, modules: QRCode.BitMatrix, { page, pages }: Place): void {
  const top = doc.page.height - FOOT + 12;
  // Text below the bottom margin would open a page of its own.
  doc.page.margins.bottom = 0;
  line(doc, top);
  qrCode(doc, modules, doc.page.width - MARGIN - QR_SIZE, top + 12, QR_SIZE);
  label(
    doc,
    { zh: '扫码查验凭证真伪与效力', en: 'Scan to check that it is genuine and still valid' },
    MARGIN,
    top + 10,
    9,
  );
  put(doc, hand(MONO, 7, INK_2), verifyUrl, MARGIN, top + 26);
  label(doc, { zh: '内容哈希', en: 'SHA-256 of the content' }, MARGIN, top + 42, 8);
  put(doc, hand(MONO, 7, INK_2), c.contentSha256, MARGIN, top + 55);
  put(doc, hand('text', 7, INK_3), '每项存证均可凭收据离线核验，无需信任本平台。', MARGIN, top + 72);
  put(
    doc,
    hand('text', 7, INK_3),
    'Each record verifies offline by its receipt, without trust in this platform.',
    MARGIN,
    top + 83,
  );
  if (pages > 1) putRight(doc, hand('text', 7.5, INK_3), `${page} / ${pages}`, doc.page.height - 20);
}

/** Drawn as squares, so that it stays sharp on paper. */
function qrCode(doc: Doc, modules: QRCode.BitMatrix, x: number, y: number, size: number): void {
  const unit = size / modules.size;
  for (let r = 0; r < modules.size; r++) {
    for (let c = 0; c < modules.size; c++) {
      if (modules.get(r, c)) doc.rect(x + c * unit, y + r * unit, unit, unit);
    }
  }
  doc.fill(INK);
}

/** `2026-11-23 16:05:09`, Beijing time. */
function beijing(iso: string): string {
  const at = new Date(iso);
  const time = new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(11, 19);
  return `${beijingDay(at)} ${time}`;
}
