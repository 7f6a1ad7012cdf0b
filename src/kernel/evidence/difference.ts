import type { Text } from '../text.ts';

/** Thrown at the first thing that is not as it should be; `fsck` turns it into its report. */
export class Difference extends Error {
  readonly text: Text;
  constructor(zh: string, en: string) {
    super(en);
    this.text = { zh, en };
  }
}

export const missing = (path: string): Difference => new Difference(`缺少文件 ${path}。`, `File ${path} is missing.`);

export const changed = (path: string): Difference =>
  new Difference(`文件 ${path} 与记录不一致。`, `File ${path} does not follow from the entries.`);
