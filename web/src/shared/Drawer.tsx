import { type ReactNode, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useWords, words } from '../app/words.ts';
import { Icon } from './Icon.tsx';
import './overlay.css';

const WORDS = words({ close: '关闭' }, { close: 'Close' });

const OPEN_POPUP =
  '.ant-select-dropdown:not(.ant-select-dropdown-hidden), .ant-picker-dropdown:not(.ant-picker-dropdown-hidden)';

/** A sheet at the right edge (at the bottom of a phone), modal, on the browser's own dialog element. */
export function Drawer(props: {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const t = useWords(WORDS);
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  // Placed at the end of the body, so that the styles of what opened it do not reach in.
  return createPortal(
    // Escape closes a dialog by itself; the press outside is a convenience beside the button.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <dialog
      ref={dialog}
      className="drawer"
      aria-labelledby={id}
      onClose={() => {
        // In development effects run twice: the first close event then arrives at a dialog that is open again.
        if (!dialog.current?.open) props.onClose();
      }}
      onKeyDownCapture={(event) => {
        // The first Escape closes an open list or calendar, not the sheet with all that was typed in it.
        if (event.key === 'Escape' && document.querySelector(OPEN_POPUP)) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <div className="drawer-body">
        <header>
          <h2 id={id}>{props.title}</h2>
          <button type="button" className="button quiet" aria-label={t.close} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>,
    document.body,
  );
}
