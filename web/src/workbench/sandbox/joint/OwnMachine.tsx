import { useState } from 'react';
import { Link } from 'react-router';
import type { JointDetail, JointGround, JointLimits } from '../../../api.ts';
import { useWords, words } from '../../../app/words.ts';
import { number } from '../../../shared/format.ts';
import { useRead } from '../../../shared/use-api.ts';
import { ChoiceField } from '../../shared/form.tsx';
import { COMMON_FILE, commandOf, INPUT_FILE, JOINT_GROUNDS, numbersExample } from './joint-model.ts';
import { useJointWords } from './joint-words.ts';

const WORDS = words(
  {
    title: '在贵方自己的机器上运行',
    text: '运行命令就是加入。数据文件只被本机上的程序读取；程序须一直运行到得出结果，中断了只能重新提出。',
    ground: '使用本方数据的依据',
    file: (name: string) => `准备文件 ${name}`,
    ids: (least: string, most: string, what: string) =>
      `每行一个标识（CSV 取第一列），${least} 至 ${most} 个。写法：${what}。`,
    numbers: '各指标的整数值，写成 JSON：',
    key: '准备接口密钥',
    keyText: '在“人员与安全”页新建一把，放进环境变量 SHUHENG_KEY，不要写在命令里。',
    toKeys: '去新建接口密钥',
    run: '运行',
    out: (name: string) => `共同的标识写入本机的 ${name}，平台没有这份名单。`,
    copy: '复制命令',
    copied: '已复制',
  },
  {
    title: 'Run it on a machine of your own',
    text: 'Running the command is how you join. Only the program on your machine reads the file; it must run on until the result is there. If it breaks off, the computation has to be proposed again.',
    ground: 'Ground for using your data',
    file: (name: string) => `Prepare the file ${name}`,
    ids: (least: string, most: string, what: string) =>
      `One identifier a line (of a CSV the first column), ${least} to ${most} of them. Written as: ${what}.`,
    numbers: 'Your integer for each figure, as JSON:',
    key: 'Have an API key',
    keyText:
      'Make one on the page “People and security” and put it into the environment as SHUHENG_KEY, not into the command.',
    toKeys: 'Make an API key',
    run: 'Run',
    out: (name: string) =>
      `What is in both is written to ${name} on your machine; the exchange does not have that list.`,
    copy: 'Copy the command',
    copied: 'Copied',
  },
);

/** How a party takes part: its ground, its file, its key, and the one command. */
export function OwnMachine({ session: s }: { readonly session: JointDetail }) {
  const t = useWords(WORDS);
  const say = useJointWords();
  const [ground, setGround] = useState<JointGround>('consent');
  const { data: limits } = useRead<JointLimits>('/joint-limits', {}, { staleMs: 600_000 });
  return (
    <section className="my-act joint-machine">
      <h2>{t.title}</h2>
      <p>{t.text}</p>
      <ChoiceField
        label={t.ground}
        value={ground}
        options={JOINT_GROUNDS.map((value) => ({ value, title: say.ground(value) }))}
        onChange={(value) => setGround(JOINT_GROUNDS.find((g) => g === value) ?? 'consent')}
      />
      <ol className="joint-how">
        <li>
          <b>{t.file(INPUT_FILE[s.kind])}</b>
          {s.kind === 'sum' ? (
            <>
              <span className="block-text">{t.numbers}</span>
              <pre className="code-shown">{numbersExample(s.fields ?? [])}</pre>
            </>
          ) : (
            <span className="block-text">
              {limits ? t.ids(number(limits.sizeLeast), number(limits.sizeMost), s.identifier ?? '') : ''}
            </span>
          )}
        </li>
        <li>
          <b>{t.key}</b>
          <span className="block-text work-inline">
            {t.keyText} <Link to="/work/team?part=keys">{t.toKeys}</Link>
          </span>
        </li>
        <li>
          <b>{t.run}</b>
          <Command command={commandOf(s, ground, window.location.origin)} />
          {s.reveal === 'ids' ? <span className="block-text">{t.out(COMMON_FILE)}</span> : null}
        </li>
      </ol>
    </section>
  );
}

function Command({ command }: { readonly command: string }) {
  const t = useWords(WORDS);
  const [copied, setCopied] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(command);
    } catch {
      // Without a secure context there is no clipboard; the command can be selected by hand.
    }
  };
  return (
    <>
      <pre className="code-shown joint-command">{command}</pre>
      <button type="button" className="button primary" onClick={() => void copy()}>
        {copied === command ? t.copied : t.copy}
      </button>
    </>
  );
}
