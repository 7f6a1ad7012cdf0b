import type { WriteStream } from 'node:tty';
import type { Report } from '../../main.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

/** Progress on a terminal is one living line a step; in a pipe it is one line a step. */
export function progressPrinter(stream: NodeJS.WriteStream | WriteStream): { report: Report; end: () => void } {
  const living = stream.isTTY === true;
  let current = '';
  let started = Date.now();
  let drawn = 0;
  const finish = () => {
    if (!current) return;
    stream.write(`${living ? '\r\u001b[2K' : ''}✓ ${current} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
    current = '';
  };
  return {
    report: (step, progress) => {
      if (step !== current) {
        finish();
        current = step;
        started = Date.now();
      }
      if (!living || Date.now() - drawn < REDRAW_MS) return;
      drawn = Date.now();
      const share = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
      const bar = progress
        ? ` ${'█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '·')} ${Math.round(share * 100)}%`
        : ' …';
      stream.write(`\r\u001b[2K· ${step}${bar}`);
    },
    end: finish,
  };
}
