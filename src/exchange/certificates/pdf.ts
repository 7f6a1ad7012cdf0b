import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import type { Actor } from '../../kernel/acts/index.ts';
import type { Queryable } from '../../kernel/database/index.ts';
import { fenOf, yuan } from '../../kernel/ledger/index.ts';
import { beijingDay } from '../../kernel/rulebook/index.ts';
import type { Text } from '../../kernel/text.ts';
import { type CertificateKind, KIND_TITLES } from './model.ts';
import { type CertificateJson, certificateJson } from './reads.ts';

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
const LABEL_WIDTH = 132;
const MONO = 'Courier';
const BEIJING_OFFSET_MS = 8 * 3_600_000;

type Doc = InstanceType<typeof PDFDocument>;

/** What the certificate states in one sentence. */
const STATEMENT: Readonly<Record<CertificateKind, (c: CertificateJson) => Text>> = {
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
};

/** @param publicUrl origin people reach the platform at; the QR code leads to its page for checking certificates */
export async function certificatePdf(
  db: Queryable,
  actor: Actor,
  certificateId: string,
  publicUrl: string,
): Promise<Buffer> {
  return renderCertificate(await certificateJson(db, actor, certificateId), publicUrl);
}

/** Draws a certificate on A4. Characters outside the font (rare ones beyond the Basic Multilingual Plane) print as boxes. */
export async function renderCertificate(certificate: CertificateJson, publicUrl: string): Promise<Buffer> {
  const title = KIND_TITLES[certificate.kind];
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: FOOT },
    bufferPages: true,
    lang: 'zh-CN',
    displayTitle: true,
    font: font('400Regular'),
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
  const verifyUrl = `${publicUrl.replace(/\/$/, '')}/verify?certificate=${certificate.id}`;
  const qr = QRCode.create(verifyUrl, { errorCorrectionLevel: 'M' });
  const { count } = doc.bufferedPageRange();
  for (let n = 0; n < count; n++) {
    doc.switchToPage(n);
    foot(doc, certificate, verifyUrl, qr.modules, n + 1, count);
  }
  doc.end();
  return finished;
}

const width = (doc: Doc): number => doc.page.width - 2 * MARGIN;

/** The scales of the mark, the issuer, and the number at the right. */
function head(doc: Doc, c: CertificateJson): void {
  doc.rect(0, 0, doc.page.width, 6).fill(TEAL);
  const y = 44;
  doc.save().translate(MARGIN, y).lineWidth(2).strokeColor(TEAL);
  doc.path('M3 7h20M13 3v20M7 23h12').stroke();
  doc.lineWidth(1.5).path('M3 7l-1 7a4 4 0 0 0 6 0L7 7M19 7l-1 7a4 4 0 0 0 6 0L23 7').stroke();
  doc.restore();
  doc
    .font('strong', 12)
    .fillColor(INK)
    .text(c.issuer, MARGIN + 36, y + 3, { width: 280, lineBreak: false });
  doc
    .font('text', 7.5)
    .fillColor(INK_3)
    .text('数据交易链存证凭证　Evidence-based certificate', MARGIN + 36, y + 19, { lineBreak: false });
  doc
    .font('text', 7.5)
    .fillColor(INK_3)
    .text('凭证编号　No.', MARGIN, y + 2, { width: width(doc), align: 'right', lineBreak: false });
  doc
    .font(MONO, 12)
    .fillColor(INK)
    .text(c.number, MARGIN, y + 15, { width: width(doc), align: 'right', lineBreak: false });
  doc
    .moveTo(MARGIN, 86)
    .lineTo(doc.page.width - MARGIN, 86)
    .lineWidth(0.75)
    .strokeColor(LINE)
    .stroke();
  doc.y = 118;
}

function titleBlock(doc: Doc, title: Text, statement: Text): void {
  doc
    .font('strong', 30)
    .fillColor(INK)
    .text(title.zh, MARGIN, doc.y, { characterSpacing: 6, width: width(doc) });
  doc
    .font('text', 12)
    .fillColor(TEAL)
    .text(title.en, MARGIN, doc.y + 1, { width: width(doc) });
  doc
    .font('text', 11.5)
    .fillColor(INK)
    .text(statement.zh, MARGIN, doc.y + 20, { width: width(doc), lineGap: 4 });
  doc
    .font('text', 8.5)
    .fillColor(INK_2)
    .text(statement.en, MARGIN, doc.y + 3, { width: width(doc), lineGap: 2 });
  doc.y += 20;
}

function particulars(doc: Doc, c: CertificateJson): void {
  if (c.revocation) {
    const said = `本凭证已于 ${beijing(c.revocation.at)} 注销：${c.revocation.reason}　Revoked`;
    const height = doc.font('strong', 10).heightOfString(said, { width: width(doc) - 24 }) + 16;
    doc.rect(MARGIN, doc.y, width(doc), height).lineWidth(1).strokeColor(RED).stroke();
    doc.fillColor(RED).text(said, MARGIN + 12, doc.y + 7, { width: width(doc) - 24 });
    doc.y += 18;
  }
  row(doc, { zh: '权利人', en: 'Right holder' }, c.holder.name, c.holder.uscc);
  row(doc, { zh: '标的', en: 'Subject' }, c.subject.title, c.subject.id);
  for (const p of c.parties) if (p.id !== c.holder.id || c.parties.length > 1) row(doc, p.role, p.name, p.uscc);
  for (const a of c.amounts) row(doc, a.title, yuan(fenOf(a.amount)), '', true);
  row(doc, { zh: '出具时间', en: 'Issued' }, `${beijing(c.issuedAt)}（北京时间）`, c.issuedAt);
}

/** A line of the particulars: what it is in both languages, what it says, and its identifier in small type. */
function row(doc: Doc, label: Text, value: string, id: string, figure = false): void {
  const valueX = MARGIN + LABEL_WIDTH;
  const valueWidth = width(doc) - LABEL_WIDTH;
  // Titles with a name in them would say the name twice.
  const english = /[一-鿿]/.test(label.en) ? label.en.replace(/\s*[一-鿿].*$/u, '').replace(/ of$/, '') : label.en;
  const labelHeight = doc.font('text', 9.5).heightOfString(label.zh, { width: LABEL_WIDTH - 12 }) + 11;
  const valueHeight = doc.font('strong', 10.5).heightOfString(value, { width: valueWidth }) + (id ? 11 : 0);
  const height = Math.max(labelHeight, valueHeight) + 9;
  room(doc, height);
  const y = doc.y;
  doc
    .moveTo(MARGIN, y)
    .lineTo(doc.page.width - MARGIN, y)
    .lineWidth(0.5)
    .strokeColor(LINE)
    .stroke();
  doc
    .font('text', 9.5)
    .fillColor(INK_2)
    .text(label.zh, MARGIN, y + 4, { width: LABEL_WIDTH - 12 });
  doc
    .font('text', 7)
    .fillColor(INK_3)
    .text(english, MARGIN, doc.y, { width: LABEL_WIDTH - 12 });
  doc
    .font('strong', 10.5)
    .fillColor(INK)
    .text(value, valueX, y + 4, { width: valueWidth, align: figure ? 'right' : 'left' });
  if (id)
    doc
      .font(MONO, 7.5)
      .fillColor(INK_3)
      .text(id, valueX, doc.y + 1, { width: valueWidth });
  doc.y = y + height;
}

/** The acts it rests on, each with its receipt and the hash of its entry. */
function events(doc: Doc, c: CertificateJson): void {
  const each = 33;
  room(doc, 30 + 2 * each);
  doc.y += 16;
  doc.font('strong', 11).fillColor(INK).text('所依据的存证记录', MARGIN, doc.y, { continued: true });
  doc.font('text', 8.5).fillColor(INK_3).text('　Evidence it rests on');
  doc.y += 6;
  for (const e of c.events) {
    room(doc, each);
    const y = doc.y;
    doc.circle(MARGIN + 3, y + 8, 2.5).fill(TEAL);
    doc
      .font('text', 9.5)
      .fillColor(INK)
      .text(e.title.zh, MARGIN + 14, y, { continued: true, width: LABEL_WIDTH + 90 });
    doc.fillColor(INK_3).fontSize(7.5).text(`　${e.title.en}`);
    doc
      .font('text', 8.5)
      .fillColor(INK_2)
      .text(beijing(e.at), MARGIN, y + 1, { width: width(doc), align: 'right', lineBreak: false });
    doc
      .font(MONO, 7)
      .fillColor(INK_3)
      .text(`${e.receiptId}  sha256:${e.entrySha256}`, MARGIN + 14, y + 15, { lineBreak: false });
    doc.y = y + each - 4;
    doc.x = MARGIN;
  }
}

/** Goes to a new page when what follows does not fit above the foot. */
function room(doc: Doc, height: number): void {
  if (doc.y + height <= doc.page.height - FOOT - 8) return;
  doc.addPage();
  doc.rect(0, 0, doc.page.width, 6).fill(TEAL);
  doc.y = MARGIN;
}

function foot(
  doc: Doc,
  c: CertificateJson,
  verifyUrl: string,
  modules: QRCode.BitMatrix,
  pageNumber: number,
  pages: number,
): void {
  const top = doc.page.height - FOOT + 8;
  const size = 84;
  // Text below the bottom margin would open a page of its own.
  doc.page.margins.bottom = 0;
  doc
    .moveTo(MARGIN, top)
    .lineTo(doc.page.width - MARGIN, top)
    .lineWidth(0.75)
    .strokeColor(LINE)
    .stroke();
  qrCode(doc, modules, doc.page.width - MARGIN - size, top + 12, size);
  const textWidth = width(doc) - size - 24;
  doc
    .font('strong', 9)
    .fillColor(INK)
    .text('扫码查验凭证真伪与效力', MARGIN, top + 11, { width: textWidth, continued: true });
  doc.font('text', 7.5).fillColor(INK_3).text('　Scan to check that it is genuine and still valid');
  doc
    .font(MONO, 7)
    .fillColor(INK_2)
    .text(verifyUrl, MARGIN, doc.y + 2, { width: textWidth });
  doc
    .font('text', 7.5)
    .fillColor(INK_2)
    .text('内容哈希　SHA-256 of the content', MARGIN, doc.y + 5, { width: textWidth });
  doc
    .font(MONO, 7)
    .fillColor(INK_2)
    .text(c.contentSha256, MARGIN, doc.y + 1, { width: textWidth });
  doc
    .font('text', 7)
    .fillColor(INK_3)
    .text(
      '每项存证均可用收据离线核验，无需信任本平台。　Each record verifies offline by its receipt, without trust in this platform.',
      MARGIN,
      doc.y + 5,
      { width: textWidth },
    );
  if (pages > 1)
    doc
      .font('text', 7.5)
      .fillColor(INK_3)
      .text(`${pageNumber} / ${pages}`, MARGIN, doc.page.height - 26, {
        width: width(doc),
        align: 'right',
        lineBreak: false,
      });
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
