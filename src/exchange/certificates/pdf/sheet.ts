import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import { fenOf, yuan } from '../../../kernel/ledger/index.ts';
import { beijingDay } from '../../../kernel/rulebook/index.ts';
import type { Text } from '../../../kernel/text.ts';
import { type CertificateState, type Content, KIND_TITLES } from '../model.ts';
import type { Doc } from './fonts.ts';
import { border, INK, INK_2, INK_3, LINE, mark, qrCode, RED, rosette, TEAL } from './ornaments.ts';
import { type Hand, Pen } from './pen.ts';
import { ACCOUNTING, STATEMENT, WORDS } from './words.ts';

/** What is printed: what the certificate says, and how it stands when the file is made. */
export interface Paper {
  readonly content: Content;
  readonly contentSha256: string;
  readonly state: CertificateState;
  readonly stateTitle: Text;
  /** When and why it was revoked, in public words. */
  readonly revocation: { readonly at: string; readonly ground: Text } | null;
  /** Address of the QR code: the page that checks it, with the signed note. */
  readonly verifyUrl: string;
  /** The address people can type. */
  readonly verifyPage: string;
  /** The certificate as machines read it. */
  readonly json: Buffer;
  readonly madeAt: Date;
}

const MARGIN = 58;
const TOP = 62;
/** Room at the bottom: on the first page for the code, on the others for the line with number and page. */
const FOOT_FIRST = 158;
const FOOT = 62;
const QR_SIZE = 92;
const GAP = 22;
const BEIJING_OFFSET_MS = 8 * 3_600_000;

const hand = (face: Hand['face'], size: number, color: string, spacing?: number): Hand => ({
  face,
  size,
  color,
  ...(spacing === undefined ? {} : { spacing }),
});
const VALUE = hand('strong', 10.5, INK);
const PLAIN = hand('text', 9.5, INK);
const LABEL = hand('text', 8, INK_2);
const ID = hand('text', 7, INK_3);

/** Draws a certificate on A4, tagged, with the JSON inside. */
export async function drawCertificate(paper: Paper): Promise<Buffer> {
  const { content } = paper;
  const title = KIND_TITLES[content.kind];
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: 0, left: 0, right: 0, bottom: 0 },
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'zh-CN',
    displayTitle: true,
    info: {
      Title: `${title.zh} ${content.number} · ${content.subject.title}`,
      Author: content.issuer,
      Subject: `${title.en} ${content.number}`,
      Keywords: `${content.id} sha256:${paper.contentSha256}`,
      Creator: '数衡 Shuheng',
      CreationDate: paper.madeAt,
      ModDate: paper.madeAt,
    },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const finished = new Promise<Buffer>((done, fail) =>
    doc.on('end', () => done(Buffer.concat(chunks))).on('error', fail),
  );
  new Sheet(doc, paper).draw();
  embed(doc, paper);
  doc.end();
  return finished;
}

/** As it is, not packed: a verifier reads it without unpacking what a stranger sent. */
function embed(doc: Doc, { content, json, madeAt }: Paper): void {
  const settings = doc as unknown as { compress: boolean };
  settings.compress = false;
  // The types lag behind the library, which knows the relationship of PDF 2.0 and PDF/A-3.
  const options = {
    name: `${content.number}.json`,
    type: 'application/json',
    description: 'Machine-readable certificate with evidence and proofs',
    creationDate: madeAt,
    modifiedDate: madeAt,
    relationship: 'Source',
  };
  doc.file(json, options);
  settings.compress = true;
}

class Sheet {
  readonly #doc: Doc;
  readonly #pen: Pen;
  readonly #paper: Paper;
  readonly #content: Content;
  #y = TOP;
  #pages = 1;

  constructor(doc: Doc, paper: Paper) {
    this.#doc = doc;
    this.#pen = new Pen(doc);
    this.#paper = paper;
    this.#content = paper.content;
  }

  draw(): void {
    this.#background();
    this.#head();
    this.#title();
    this.#statement();
    if (this.#paper.state !== 'valid') this.#standing();
    this.#particulars();
    if (this.#content.asset) this.#assetParts();
    else if (this.#content.recognised.length > 0) this.#recognised();
    this.#events();
    if (this.#pen.missing.length > 0) this.#missing();
    for (let page = 0; page < this.#pages; page++) {
      this.#doc.switchToPage(page);
      if (page === 0) this.#firstFoot();
      this.#foot(page + 1);
    }
    this.#pen.end();
  }

  get #width(): number {
    return this.#doc.page.width - 2 * MARGIN;
  }

  #background(): void {
    this.#pen.ornament(() => {
      border(this.#doc);
      if (this.#pages === 1) rosette(this.#doc, this.#doc.page.width / 2, 138, 84);
    });
  }

  /** Goes to a new page when what follows does not fit above the foot. */
  #room(height: number): void {
    const foot = this.#pages === 1 ? FOOT_FIRST : FOOT;
    if (this.#y + height <= this.#doc.page.height - foot) return;
    this.#doc.addPage();
    this.#pages++;
    this.#background();
    this.#y = TOP;
  }

  #rule(y: number, color = LINE, weight = 0.5): void {
    this.#pen.ornament(() => {
      this.#doc
        .moveTo(MARGIN, y)
        .lineTo(this.#doc.page.width - MARGIN, y)
        .lineWidth(weight)
        .strokeColor(color)
        .stroke();
    });
  }

  #right(text: string, h: Hand, y: number): void {
    this.#pen.write(text, h, { x: MARGIN, y, width: this.#width, align: 'right' });
  }

  #head(): void {
    const { issuer, number } = this.#content;
    this.#pen.ornament(() => mark(this.#doc, MARGIN, 46));
    this.#pen.tag('P', () => {
      this.#pen.write(issuer, hand('strong', 12, INK), { x: MARGIN + 36, y: 46 });
      this.#pen.label(WORDS.evidenceBased, hand('text', 7.5, INK_3), INK_3, MARGIN + 36, 62);
    });
    this.#pen.tag('P', () => {
      this.#right(`${WORDS.number.zh}　${WORDS.number.en}`, hand('text', 7.5, INK_3), 47);
      this.#right(number, hand('strong', 12, INK), 58);
    });
  }

  #title(): void {
    const { zh, en } = KIND_TITLES[this.#content.kind];
    const whole = { x: MARGIN, width: this.#width, align: 'center' as const };
    this.#pen.tag('H1', () => this.#pen.write(zh, hand('title', 38, INK, 9), { ...whole, y: 102 }));
    this.#pen.tag(
      'P',
      () => this.#pen.write(en.toUpperCase(), hand('text', 10.5, TEAL, 0.9), { ...whole, y: 158 }),
      'en',
    );
    this.#rule(184, TEAL, 0.8);
    this.#rule(186.5, TEAL, 0.3);
    this.#y = 200;
  }

  #statement(): void {
    const { zh, en } = STATEMENT[this.#content.kind](this.#content);
    const at = { x: MARGIN, width: this.#width };
    this.#pen.tag('P', () => {
      this.#y = this.#pen.write(zh, hand('text', 12, INK), { ...at, y: this.#y, leading: 1.75, indent: 2 });
    });
    this.#pen.tag(
      'P',
      () => {
        this.#y = this.#pen.write(en, hand('text', 8.5, INK_2), { ...at, y: this.#y + 3, leading: 1.45 });
      },
      'en',
    );
    this.#y += 12;
  }

  /** It is no longer valid: said in red, above everything it states. */
  #standing(): void {
    const { revocation, stateTitle } = this.#paper;
    const said = revocation
      ? `${stateTitle.zh}：${beijing(revocation.at)}，${revocation.ground.zh}　Revoked: ${revocation.ground.en}`
      : `${stateTitle.zh}：已由新凭证替换　Replaced by a newer certificate`;
    const words = hand('strong', 10, RED);
    const height = this.#pen.height(said, words, this.#width - 24) + 12;
    const y = this.#y;
    this.#pen.ornament(() => this.#doc.rect(MARGIN, y, this.#width, height).lineWidth(1).strokeColor(RED).stroke());
    this.#pen.tag('P', () => this.#pen.write(said, words, { x: MARGIN + 12, y: y + 6, width: this.#width - 24 }));
    this.#y = y + height + 12;
  }

  #particulars(): void {
    const c = this.#content;
    const own = c.parties.find((p) => p.id === c.holder.id);
    const holder: Text = own
      ? { zh: `权利人（${own.role.zh}）`, en: `Right holder, ${own.role.en.toLowerCase()}` }
      : WORDS.holder;
    this.#cells([{ label: WORDS.subject, value: c.subject.title, id: c.subject.id }]);
    const cells = [
      { label: holder, value: c.holder.name, id: c.holder.uscc },
      ...c.parties.filter((p) => p.id !== c.holder.id).map((p) => ({ label: p.role, value: p.name, id: p.uscc })),
      ...(c.asset ? [{ label: WORDS.period, value: `${c.asset.period.from} — ${c.asset.period.until}`, id: '' }] : []),
      { label: WORDS.issued, value: beijing(c.issuedAt), id: c.issuedAt },
      ...(c.supersedes ? [{ label: WORDS.supersedes, value: c.supersedes, id: '' }] : []),
    ];
    for (let n = 0; n < cells.length; n += 2) this.#cells(cells.slice(n, n + 2));
    for (const a of c.amounts) this.#amount(a.title, a.party, yuan(fenOf(a.amount)));
  }

  /** One or two particulars beside each other: what it is in both languages, what it says, its identifier in small type. */
  #cells(row: readonly { readonly label: Text; readonly value: string; readonly id: string }[]): void {
    const wide = row.length === 1 ? this.#width : (this.#width - GAP) / 2;
    const values = Math.max(...row.map((c) => this.#pen.height(c.value, VALUE, wide, 1.35)));
    const height = values + 21 + (row.some((c) => c.id !== '') ? 11 : 3);
    this.#room(height);
    const y = this.#y;
    this.#rule(y);
    for (const [n, cell] of row.entries()) {
      const x = MARGIN + n * (wide + GAP);
      this.#pen.tag('P', () => {
        this.#pen.label(cell.label, LABEL, INK_3, x, y + 5);
        this.#pen.write(cell.value, VALUE, { x, y: y + 18, width: wide, leading: 1.35 });
        if (cell.id !== '') this.#pen.write(cell.id, ID, { x, y: y + 18 + values });
      });
    }
    this.#y = y + height;
  }

  #amount(title: Text, party: string | null, amount: string): void {
    this.#room(22);
    const y = this.#y;
    this.#rule(y);
    this.#pen.tag('P', () => {
      this.#pen.label(title, hand('text', 9, INK_2), INK_3, MARGIN, y + 5);
      if (party) this.#pen.write(party, PLAIN, { x: MARGIN + 190, y: y + 4.5 });
      this.#right(amount, VALUE, y + 4);
    });
    this.#y = y + 22;
  }

  #section(title: Text, needs = 60): void {
    this.#room(needs);
    this.#rule(this.#y, TEAL, 0.6);
    const y = this.#y + 9;
    this.#pen.tag('H2', () => this.#pen.label(title, hand('strong', 11, INK), INK_3, MARGIN, y));
    this.#y = y + 22;
  }

  #assetParts(): void {
    const { asset } = this.#content;
    if (!asset) return;
    this.#section(WORDS.registration);
    for (let n = 0; n < asset.registration.length; n += 2) this.#pairs(asset.registration.slice(n, n + 2));
    this.#y += 8;
    this.#section(WORDS.rights);
    for (const { right, ground } of asset.rights) this.#fact(right, ground);
    this.#y += 8;
    this.#recognised();
    if (asset.opinions.length > 0) this.#opinions();
    this.#figures();
  }

  #pairs(row: readonly { readonly title: Text; readonly value: Text }[]): void {
    const wide = (this.#width - GAP) / 2;
    const said = row.map((r) => (r.value.zh === r.value.en ? r.value.zh : `${r.value.zh}\n${r.value.en}`));
    const height = Math.max(...said.map((s) => this.#pen.height(s, PLAIN, wide - 96, 1.4))) + 4;
    this.#room(height);
    const y = this.#y;
    for (const [n, { title }] of row.entries()) {
      const x = MARGIN + n * (wide + GAP);
      this.#pen.tag('P', () => {
        this.#pen.label(title, LABEL, INK_3, x, y + 2);
        this.#pen.write(said[n] ?? '', PLAIN, { x: x + 96, y: y + 1, width: wide - 96, leading: 1.4 });
      });
    }
    this.#y = y + height;
  }

  #fact(right: Text, ground: Text): void {
    const wide = this.#width / 2;
    const [a, b] = [right, ground].map((t) => (t.zh === t.en ? t.zh : `${t.zh}\n${t.en}`));
    const small = hand('text', 9, INK);
    const height =
      Math.max(this.#pen.height(a ?? '', small, wide - 12, 1.35), this.#pen.height(b ?? '', small, wide, 1.35)) + 5;
    this.#room(height);
    const y = this.#y;
    this.#pen.tag('P', () => {
      this.#pen.write(a ?? '', small, { x: MARGIN, y, width: wide - 12, leading: 1.35 });
      this.#pen.write(b ?? '', hand('text', 9, INK_2), { x: MARGIN + wide, y, width: wide, leading: 1.35 });
    });
    this.#y = y + height;
  }

  #recognised(): void {
    const { recognised } = this.#content;
    if (recognised.length === 0) return;
    this.#section(WORDS.recognised);
    for (const r of recognised) {
      const until = r.validUntil === null ? '' : ` — ${r.validUntil}`;
      this.#room(34);
      const y = this.#y;
      this.#pen.tag('P', () => {
        this.#pen.write(`${r.kindTitle.zh}　${r.number}`, VALUE, { x: MARGIN, y });
        this.#right(`${r.issuedOn}${until}`, hand('text', 8.5, INK_2), y + 1);
        this.#pen.write(`${r.registry}　${r.rights.join('、')}`, hand('text', 8.5, INK_2), { x: MARGIN, y: y + 15 });
        this.#pen.write(`sha256:${r.fileSha256}　${r.receiptId}`, hand('text', 6, INK_3), { x: MARGIN, y: y + 27 });
      });
      this.#y = y + 40;
    }
  }

  #opinions(): void {
    this.#section(WORDS.opinions);
    for (const o of this.#content.asset?.opinions ?? []) {
      this.#room(30);
      const y = this.#y;
      this.#pen.tag('P', () => {
        this.#pen.label(o.kind, hand('text', 9, INK_2), INK_3, MARGIN, y);
        this.#pen.write(o.assessor, PLAIN, { x: MARGIN + 170, y: y - 0.5, width: this.#width - 280 });
        const score = o.score === null ? '' : `　${o.score.toFixed(1)}`;
        this.#right(`${o.conclusion.zh} ${o.conclusion.en}${score}`, VALUE, y - 0.5);
        this.#pen.write(`${beijing(o.issuedAt)}　${o.receiptId}`, ID, { x: MARGIN + 170, y: y + 14 });
      });
      this.#y = y + 30;
    }
    this.#y += 4;
  }

  #figures(): void {
    const { asset } = this.#content;
    if (!asset) return;
    this.#section(WORDS.figures, 120);
    const column = { count: this.#width * 0.5, first: this.#width * 0.6, last: this.#width * 0.8 };
    const heading = (t: Text, x: number, align: 'left' | 'right' = 'left') =>
      this.#pen.write(`${t.zh} ${t.en}`, hand('text', 7.5, INK_3), {
        x: MARGIN + x - (align === 'right' ? 60 : 0),
        y: this.#y,
        width: 90,
        align,
      });
    const top = this.#y;
    this.#pen.tag('P', () => {
      heading(WORDS.count, column.count - 30, 'right');
      heading(WORDS.first, column.first + 8);
      heading(WORDS.last, column.last + 8);
    });
    this.#y = top + 14;
    for (const c of asset.counts) {
      this.#room(18);
      const y = this.#y;
      this.#rule(y - 2);
      this.#pen.tag('P', () => {
        this.#pen.label(c.title, hand('text', 9, INK), INK_3, MARGIN, y + 1);
        this.#pen.write(c.count.toLocaleString('en-US'), VALUE, {
          x: MARGIN + column.count - 90,
          y,
          width: 90,
          align: 'right',
        });
        this.#pen.write(c.first ? beijing(c.first) : '—', hand('text', 8, INK_2), {
          x: MARGIN + column.first + 8,
          y: y + 1.5,
        });
        this.#pen.write(c.last ? beijing(c.last) : '—', hand('text', 8, INK_2), {
          x: MARGIN + column.last + 8,
          y: y + 1.5,
        });
      });
      this.#y = y + 18;
    }
    for (const s of asset.sums) this.#amount(s.title, null, yuan(fenOf(s.amount)));
    if (asset.metered.length > 0) {
      const figures = asset.metered.map((m) => `${m.title.zh} ${m.title.en} ${m.count.toLocaleString('en-US')}`);
      const said = `${WORDS.metered.zh} ${WORDS.metered.en}：${figures.join('；')}`;
      const words = hand('text', 8, INK_2);
      const height = this.#pen.height(said, words, this.#width) + 12;
      this.#room(height);
      const y = this.#y;
      this.#rule(y);
      this.#pen.tag('P', () => this.#pen.write(said, words, { x: MARGIN, y: y + 5, width: this.#width }));
      this.#y = y + height;
    }
    this.#accounting(asset.accounting);
  }

  #accounting({ assessed, traded }: { readonly assessed: boolean; readonly traded: boolean }): void {
    const key = assessed ? (traded ? 'both' : 'assessed') : traded ? 'traded' : 'neither';
    for (const t of [ACCOUNTING[key], ACCOUNTING.reservation]) {
      const [zh, en] = [hand('text', 9, INK), hand('text', 7.5, INK_2)];
      this.#room(this.#pen.height(t.zh, zh, this.#width) + this.#pen.height(t.en, en, this.#width, 1.4) + 6);
      this.#pen.tag('P', () => {
        this.#y = this.#pen.write(t.zh, zh, { x: MARGIN, y: this.#y + 2, width: this.#width });
        this.#y = this.#pen.write(t.en, en, { x: MARGIN, y: this.#y, width: this.#width, leading: 1.4 });
      });
    }
    this.#y += 10;
  }

  /** The acts it rests on, each with its receipt and the hash of its entry. */
  #events(): void {
    const each = 23;
    this.#y += 6;
    this.#section(WORDS.evidence, 34 + 2 * each);
    for (const e of this.#content.events) {
      this.#room(each);
      const y = this.#y;
      this.#pen.ornament(() => this.#doc.circle(MARGIN + 2.5, y + 6, 2).fill(TEAL));
      this.#pen.tag('P', () => {
        this.#pen.label(e.title, hand('text', 9, INK), INK_3, MARGIN + 12, y);
        this.#right(beijing(e.at), hand('text', 8, INK_2), y + 0.5);
        this.#pen.write(`${e.receiptId}　sha256:${e.entrySha256}`, hand('text', 6.2, INK_3), {
          x: MARGIN + 12,
          y: y + 12.5,
        });
      });
      this.#y = y + each;
    }
  }

  #missing(): void {
    const said = `${WORDS.missing.zh}　${WORDS.missing.en}`;
    this.#room(16);
    this.#pen.tag('P', () =>
      this.#pen.write(said, hand('text', 7, INK_3), { x: MARGIN, y: this.#y + 3, width: this.#width }),
    );
    this.#y += 16;
  }

  /** The code, and what it is for; issuer and date, as on a paper certificate. */
  #firstFoot(): void {
    const top = this.#doc.page.height - FOOT_FIRST + 8;
    const { verifyUrl, verifyPage, contentSha256 } = this.#paper;
    const { issuer, issuedAt } = this.#content;
    this.#rule(top, TEAL, 0.6);
    const code = QRCode.create(verifyUrl, { errorCorrectionLevel: 'L' });
    const x = this.#doc.page.width - MARGIN - QR_SIZE;
    this.#pen.ornament(() => qrCode(this.#doc, code.modules, x, top + 9, QR_SIZE));
    const wide = this.#width - QR_SIZE - GAP;
    const small = hand('text', 7.2, INK_2);
    this.#pen.tag('P', () => {
      this.#pen.write(issuer, hand('strong', 12.5, INK), { x: MARGIN, y: top + 9, width: wide });
      this.#pen.write(chineseDay(issuedAt), hand('text', 9.5, INK_2), { x: MARGIN, y: top + 27 });
    });
    this.#pen.tag('P', () => {
      this.#pen.label(WORDS.scan, hand('text', 8.5, INK), INK_3, MARGIN, top + 45);
      this.#pen.write(verifyPage, small, { x: MARGIN, y: top + 58, width: wide });
    });
    this.#pen.tag('P', () => {
      this.#pen.write(`${WORDS.hash.zh}　${contentSha256}`, small, { x: MARGIN, y: top + 69 });
      const tiny = hand('text', 6.6, INK_3);
      let y = top + 80;
      for (const t of [WORDS.embedded, WORDS.condition]) {
        y = this.#pen.write(`${t.zh}${t.en}`, tiny, { x: MARGIN, y, width: wide, leading: 1.35 });
      }
    });
  }

  #foot(page: number): void {
    const y = this.#doc.page.height - 36;
    const { number } = this.#content;
    this.#pen.ornament(() => {
      if (page > 1)
        this.#pen.write(
          `${KIND_TITLES[this.#content.kind].zh} ${number}　sha256:${this.#paper.contentSha256.slice(0, 16)}…`,
          ID,
          { x: MARGIN, y: y - 6 },
        );
      if (this.#pages > 1) this.#right(`${page} / ${this.#pages}`, hand('text', 7.5, INK_3), y - 6);
    });
  }
}

/** `2026-11-23 16:05:09`, Beijing time. */
function beijing(iso: string): string {
  const at = new Date(iso);
  const time = new Date(at.getTime() + BEIJING_OFFSET_MS).toISOString().slice(11, 19);
  return `${beijingDay(at)} ${time}`;
}

/** `2026年11月23日`, Beijing time. */
function chineseDay(iso: string): string {
  const [year, month, day] = beijingDay(new Date(iso)).split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
