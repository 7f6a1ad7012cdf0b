import { useState } from 'react';
import type { CaseDetail } from '../../api.ts';
import { useSay, useWords, words } from '../../app/words.ts';
import { KeptFile } from '../../shared/KeptFile.tsx';
import { RefusalPanel } from '../../shared/RefusalPanel.tsx';
import { useAct } from '../../shared/use-api.ts';
import type { Done } from '../shared/acts.tsx';
import { SelectField } from '../shared/form.tsx';

const WORDS = words(
  {
    kind: '材料种类',
    file: '文件（PDF、OFD、图片、文本或压缩包）',
    note: '加密存入文件库，只有参与本事项的单位和监管部门可以读取；摘要写入存证，保存期内不能删除。',
    submit: '提交材料',
    sending: '正在提交……',
    done: '提交材料',
  },
  {
    kind: 'Kind of document',
    file: 'File (PDF, OFD, picture, text or archive)',
    note: 'It is stored encrypted; those who take part in the case and its supervisors can read it. Its digest goes into the evidence, and it cannot be removed while it must be kept.',
    submit: 'Add the document',
    sending: 'Sending…',
    done: 'Document added',
  },
);

/** A paper on its way: kind, upload into the vault, then the act that attaches it. */
export function AddPaper(props: {
  readonly found: CaseDetail;
  readonly suggested: string | undefined;
  readonly onDone: (done: Done) => void;
}) {
  const t = useWords(WORDS);
  const say = useSay();
  const { found, suggested, onDone } = props;
  const [kind, setKind] = useState(suggested ?? found.kinds[0]?.kind ?? '');
  const [fileId, setFileId] = useState('');
  const attach = useAct('case.attach-document');
  const send = async () => {
    try {
      const { receipt } = await attach.mutateAsync({ input: { caseId: found.id, fileId, kind } });
      onDone({ title: t.done, receiptId: receipt.id });
    } catch {
      // The refusal shows below.
    }
  };
  return (
    <>
      <p className="faint">{t.note}</p>
      <SelectField
        label={t.kind}
        value={kind}
        options={found.kinds.map((k) => ({ value: k.kind, title: say(k.title) }))}
        onChange={setKind}
      />
      <KeptFile label={t.file} onKept={setFileId} />
      {attach.error ? <RefusalPanel key={attach.submittedAt} problem={attach.error} asked={t.submit} /> : null}
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          disabled={fileId === '' || attach.isPending}
          onClick={() => void send()}
        >
          {attach.isPending ? t.sending : t.submit}
        </button>
      </div>
    </>
  );
}
