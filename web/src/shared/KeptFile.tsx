import { useState } from 'react';
import { useWords, words } from '../app/words.ts';
import { RefusalPanel } from './RefusalPanel.tsx';
import { UploadField } from './UploadField.tsx';
import { useAct, useRead } from './use-api.ts';

const WORDS = words(
  {
    keeping: '正在保存文件……',
    kept: (name: string) => `${name} 已保存，摘要已存证。`,
    asked: '保存文件',
  },
  {
    keeping: 'Keeping the file…',
    kept: (name: string) => `${name} is kept; its digest is in the evidence.`,
    asked: 'keep the file',
  },
);

const KEPT_POLL_MS = 500;
const PAPERS = '.pdf,.ofd,.png,.jpg,.jpeg,.txt,.zip';

/** Uploads a paper, has it kept in the vault, and waits until it is: only then can an act rely on it. */
export function KeptFile(props: {
  readonly label: string;
  /** File endings, as an input takes them. */
  readonly accept?: string;
  /** The file's id once it is kept; empty while another is on its way. */
  readonly onKept: (fileId: string) => void;
}) {
  const t = useWords(WORDS);
  const { label, accept = PAPERS, onKept } = props;
  const keep = useAct<{ fileId: string }>('file.keep');
  const [file, setFile] = useState<{ readonly id: string; readonly name: string } | null>(null);
  const [kept, setKept] = useState(false);
  const state = useRead<{ readonly state: 'keeping' | 'kept' }>(
    file && !kept ? `/files/${file.id}` : null,
    {},
    { refetchMs: KEPT_POLL_MS },
  );
  if (file && !kept && state.data?.state === 'kept') {
    setKept(true);
    onKept(file.id);
  }
  return (
    <>
      <UploadField
        label={label}
        accept={accept}
        onUploaded={(upload) => {
          setFile(null);
          setKept(false);
          onKept('');
          if (!upload) return;
          keep.mutate(
            { input: { uploadId: upload.uploadId } },
            { onSuccess: ({ result }) => setFile({ id: result.fileId, name: upload.name }) },
          );
        }}
      />
      <p role="status" className="small faint">
        {kept && file ? t.kept(file.name) : file || keep.isPending ? t.keeping : ''}
      </p>
      {keep.error ? <RefusalPanel problem={keep.error} asked={t.asked} /> : null}
    </>
  );
}
