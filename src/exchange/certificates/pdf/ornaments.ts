import type QRCode from 'qrcode';
import type { Doc } from './fonts.ts';

/** Tokens of the web application's look, so that paper and screen are one. */
export const INK = '#0b1f33';
export const INK_2 = '#3b4d61';
export const INK_3 = '#5c6d7e';
export const LINE = '#dfe5ea';
export const TEAL = '#0a6e6e';
export const RED = '#a8241c';
const PALE = '#e9f3f2';

/** Distance of the border's middle from the edge of the paper, and half its height. */
const EDGE = 26;
const WAVE = 3.6;
const WAVES_A_SIDE = { short: 34, long: 48 } as const;
const STEPS_A_WAVE = 12;
const STRANDS = [0, 1, 2] as const;

/** A border of interlaced waves between two rules, as on securities: drawn, so that it stays sharp. */
export function border(doc: Doc): void {
  const { width, height } = doc.page;
  for (const [inset, weight] of [
    [EDGE - WAVE - 2, 0.9],
    [EDGE + WAVE + 2, 0.4],
  ] as const) {
    doc
      .rect(inset, inset, width - 2 * inset, height - 2 * inset)
      .lineWidth(weight)
      .strokeColor(TEAL)
      .stroke();
  }
  doc.save().lineWidth(0.35).strokeColor(TEAL).strokeOpacity(0.75);
  const sides = [
    { x: EDGE, y: EDGE, dx: width - 2 * EDGE, dy: 0, waves: WAVES_A_SIDE.short },
    { x: EDGE, y: height - EDGE, dx: width - 2 * EDGE, dy: 0, waves: WAVES_A_SIDE.short },
    { x: EDGE, y: EDGE, dx: 0, dy: height - 2 * EDGE, waves: WAVES_A_SIDE.long },
    { x: width - EDGE, y: EDGE, dx: 0, dy: height - 2 * EDGE, waves: WAVES_A_SIDE.long },
  ];
  for (const { x, y, dx, dy, waves } of sides) {
    for (const strand of STRANDS) {
      const steps = waves * STEPS_A_WAVE;
      for (let n = 0; n <= steps; n++) {
        const swing = WAVE * Math.sin((2 * Math.PI * n) / STEPS_A_WAVE + (2 * Math.PI * strand) / STRANDS.length);
        const [px, py] = [x + (dx * n) / steps + (dx === 0 ? swing : 0), y + (dy * n) / steps + (dy === 0 ? swing : 0)];
        if (n === 0) doc.moveTo(px, py);
        else doc.lineTo(px, py);
      }
    }
  }
  doc.stroke().restore();
}

/** A rosette behind the title, so faint that the text stands on white. */
export function rosette(doc: Doc, x: number, y: number, radius: number): void {
  const [turns, steps, petals] = [7, 1_400, 24];
  doc.save().lineWidth(0.5).strokeColor(PALE);
  for (let n = 0; n <= steps; n++) {
    const angle = (2 * Math.PI * turns * n) / steps;
    const reach = radius * (0.62 + 0.38 * Math.cos((petals / turns) * angle));
    const [px, py] = [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
    if (n === 0) doc.moveTo(px, py);
    else doc.lineTo(px, py);
  }
  doc.stroke().restore();
}

/** The scales of the house. */
export function mark(doc: Doc, x: number, y: number): void {
  doc.save().translate(x, y).lineWidth(2).strokeColor(TEAL);
  doc.path('M3 7h20M13 3v20M7 23h12').stroke();
  doc.lineWidth(1.5).path('M3 7l-1 7a4 4 0 0 0 6 0L7 7M19 7l-1 7a4 4 0 0 0 6 0L23 7').stroke();
  doc.restore();
}

/** Drawn as squares, so that it stays sharp on paper. */
export function qrCode(doc: Doc, modules: QRCode.BitMatrix, x: number, y: number, size: number): void {
  const unit = size / modules.size;
  for (let r = 0; r < modules.size; r++) {
    for (let c = 0; c < modules.size; c++) {
      if (modules.get(r, c)) doc.rect(x + c * unit, y + r * unit, unit, unit);
    }
  }
  doc.fill('#000000');
}
