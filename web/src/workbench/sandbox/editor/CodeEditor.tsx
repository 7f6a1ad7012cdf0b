import { lazy, Suspense } from 'react';
import type { EditorForm, EditorTable } from './sql-language.ts';

const CodeMirror = lazy(() => import('./CodeMirror.tsx'));

export interface CodeEditorProps {
  readonly language: 'sql' | 'python';
  /** Read out as the name of the field. */
  readonly label: string;
  readonly value: string;
  readonly onChange?: (value: string) => void;
  /** Ctrl or Cmd with Enter. */
  readonly onRun?: () => void;
  readonly readOnly?: boolean;
  /** Keep the same list between draws: another one builds the editor anew. */
  readonly tables?: readonly EditorTable[];
  /** Given for the closed grammar, which has no others. */
  readonly forms?: readonly EditorForm[];
}

/** A field for code; the editor library loads when one first shows. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<pre className="code-editor code-waiting">{props.value}</pre>}>
      <CodeMirror {...props} />
    </Suspense>
  );
}
