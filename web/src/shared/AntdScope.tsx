import { ConfigProvider, theme } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import 'dayjs/locale/zh-cn';
import { usePreferences } from '../app/preferences.ts';
import { usePalette } from '../app/theme.ts';

/** Gives Ant Design our colours and language. Import it only from lazy modules: the first page does without the library. */
export function AntdScope({ children }: { readonly children: ReactNode }) {
  const { language } = usePreferences();
  const p = usePalette();
  return (
    <ConfigProvider
      button={{ autoInsertSpace: false }}
      // A modal dialog lies above the body: what pops up from a field in it must lie in it too.
      getPopupContainer={(field) => field?.closest('dialog') ?? document.body}
      locale={language === 'zh' ? zhCN : enGB}
      theme={{
        algorithm: p.dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: p.teal,
          colorInfo: p.teal,
          colorLink: p.teal,
          colorSuccess: p.teal,
          colorWarning: p.amber,
          colorError: p.red,
          colorText: p.ink,
          colorTextSecondary: p['ink-2'],
          colorTextTertiary: p['ink-3'],
          colorTextQuaternary: p['ink-3'],
          // The library's own placeholder and description greys fail AA.
          colorTextPlaceholder: p['ink-3'],
          colorTextDescription: p['ink-3'],
          colorTextLightSolid: p['on-teal'],
          colorBgBase: p.paper,
          colorBgContainer: p.paper,
          colorBgElevated: p.paper,
          colorBgLayout: p.ground,
          colorBorder: p.edge,
          colorBorderSecondary: p.line,
          controlItemBgActive: p['teal-soft'],
          borderRadius: 6,
          controlHeight: 36,
          fontSize: 14,
          fontFamily: 'inherit',
        },
        components: {
          Button: {
            primaryShadow: 'none',
            defaultShadow: 'none',
            dangerShadow: 'none',
            // The dark algorithm would derive another teal than the rest of the page shows.
            colorPrimary: p.teal,
            colorPrimaryHover: p['teal-strong'],
            colorPrimaryActive: p['teal-strong'],
          },
        },
      }}
    >
      {children}
    </ConfigProvider>
  );
}
