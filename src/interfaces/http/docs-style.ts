/** Colours and measures of the web application (web/src/app/theme.css); the theme chosen there holds here too. */
const LIGHT =
  '--ink:#0b1f33;--ink-2:#3b4d61;--ink-3:#586879;--line:#dfe5ea;--paper:#fff;--ground:#f5f7f8;--teal:#0a6e6e;--teal-soft:#e3f1f0;--amber:#7a5000;--amber-soft:#fdf3dc';
const DARK =
  '--ink:#e8eef3;--ink-2:#b9c6d1;--ink-3:#95a4b2;--line:#24384b;--paper:#0f2234;--ground:#0a1826;--teal:#4fc4bd;--teal-soft:#12383b;--amber:#f0c368;--amber-soft:#3a2f14';

export const DOCS_STYLE = `
:root{color-scheme:light;${LIGHT};--mono:ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
:root[data-theme=dark]{color-scheme:dark;${DARK}}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${DARK}}}
:root[lang|=zh] .en,:root[lang=en] .zh{display:none}
*{box-sizing:border-box}
html{scroll-padding-top:72px}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/22px -apple-system,"Segoe UI","PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--teal);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--teal);outline-offset:2px;border-radius:4px}
:root[lang=en] body{font-family:-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans","PingFang SC","Noto Sans CJK SC",sans-serif}
code,pre{font:12.5px/20px var(--mono)}
header{position:sticky;top:0;z-index:1;background:var(--paper);border-bottom:1px solid var(--line)}
.bar{max-width:1160px;margin:0 auto;padding:0 24px;height:56px;display:flex;align-items:center;gap:20px}
.mark{display:flex;align-items:center;gap:10px;color:var(--ink);font-weight:700;font-size:17px;white-space:nowrap}
.mark svg{stroke:var(--teal)}
.bar .end{margin-left:auto;display:flex;gap:20px;white-space:nowrap}
.page{max-width:1160px;margin:0 auto;padding:28px 24px 80px;display:grid;grid-template-columns:200px minmax(0,1fr);gap:48px}
nav.side{position:sticky;top:84px;align-self:start;max-height:calc(100vh - 110px);overflow:auto}
nav.side b{display:block;margin:16px 0 4px;color:var(--ink-3);font-weight:500}
nav.side a{display:flex;justify-content:space-between;gap:8px;padding:2px 0;color:var(--ink-2)}
nav.side small{color:var(--ink-3)}
h1{font-size:26px;line-height:34px;margin:0 0 6px}
h2{font-size:19px;line-height:28px;margin:48px 0 4px}
h3{font-size:15px;line-height:24px;margin:28px 0 4px;color:var(--ink-2)}
p{margin:6px 0 12px;max-width:72ch}.faint{color:var(--ink-3)}
pre{overflow:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:14px 16px;margin:12px 0}
ul.notes{padding-left:18px;max-width:76ch}ul.notes li{margin:6px 0}
details.item{border-bottom:1px solid var(--line)}
details.item>summary{cursor:pointer;padding:10px 0;display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 16px;list-style:none}
details.item>summary::-webkit-details-marker{display:none}
summary .name{font-weight:600;overflow-wrap:anywhere}summary .name i{font-style:normal;font-weight:500;color:var(--teal);margin-right:8px}
summary .title{color:var(--ink-2)}
details.item[open]>summary .title{color:var(--ink)}
.body{padding:2px 0 18px}
.tag{display:inline-block;border:1px solid var(--line);border-radius:4px;padding:0 7px;font-size:12px;line-height:20px;color:var(--ink-2);background:var(--paper);margin:0 6px 6px 0}
.tag.w{background:var(--amber-soft);border-color:transparent;color:var(--amber)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;margin:8px 0}
th{font-weight:500;color:var(--ink-3);text-align:left}
td,th{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}
td.type{color:var(--ink-3);overflow-wrap:anywhere}
.raw summary{cursor:pointer;color:var(--teal);margin-top:8px;width:max-content}
@media(max-width:820px){.page{display:block;padding:20px 16px 48px}nav.side{display:none}.bar{padding:0 16px;gap:12px}details.item>summary{grid-template-columns:1fr}}
`;
