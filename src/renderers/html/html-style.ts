/** The style of the HTML report: light and dark by the reader's choice, from a phone to a wide screen. */
export const HTML_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--ink:#1d1c1d;--soft:#5b6166;--line:#d5d9dc;--box:#f6f7f8;
--ok:#d7f0dd;--ok-ink:#14612c;--bad:#c0262d;--bad-ink:#fff;--mix:#f6c344;--mix-ink:#4a3500;--none:#eceff1;--none-ink:#5f6a71;--mark:#1264a3}
@media (prefers-color-scheme:dark){:root{--bg:#16181b;--ink:#e6e8ea;--soft:#a3abb2;--line:#3a4046;--box:#1f2327;
--ok:#17402a;--ok-ink:#a5e3bb;--bad:#b9333a;--bad-ink:#fff;--mix:#8a6a10;--mix-ink:#fff3cf;--none:#2a2f34;--none-ink:#a3abb2;--mark:#6cb8f0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;line-height:1.3;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 .3rem}
p,ul{margin:.4rem 0}ul{padding-left:1.3rem}.soft{color:var(--soft)}small,.soft{font-size:.9rem}
code,pre{font:.85rem/1.45 ui-monospace,monospace}pre{background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.6rem;overflow:auto;max-height:30rem;white-space:pre-wrap}
.scroll{overflow-x:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}
thead th{background:var(--box)}.list{overflow-wrap:normal;white-space:nowrap}.list td{font-size:.9rem}.list pre{margin:0;max-height:12rem;min-width:14rem;max-width:44rem;overflow-wrap:anywhere}
.list .long{white-space:normal;overflow-wrap:anywhere;min-width:10rem;max-width:30rem}
.verdict{display:inline-block;border-radius:6px;padding:.1rem .6rem;font-weight:600}
.broken,.dead{background:var(--bad);color:var(--bad-ink)}.healthy,.open{background:var(--ok);color:var(--ok-ink)}
.degraded,.inconclusive,.mixed{background:var(--mix);color:var(--mix-ink)}.untested{background:var(--none);color:var(--none-ink)}
.matrix{overflow-wrap:normal}.matrix td{text-align:center;min-width:2.6rem;cursor:default}.matrix th{white-space:nowrap;font-weight:500}
.matrix tbody th{position:sticky;left:0;background:var(--bg)}.matrix td.self{background:none}
.matrix .at,.matrix td:focus{outline:3px solid var(--mark);outline-offset:-3px}.matrix .line{box-shadow:inset 0 0 0 2px var(--mark)}
.detail{min-height:3.2rem;background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.4rem .6rem;margin:.5rem 0;font-size:.9rem}
.tools{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:.5rem 0}.tools[hidden]{display:none}
input,button{font:inherit;color:inherit;background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.3rem .6rem}
input{min-width:0;width:14rem;max-width:100%}button[aria-pressed=true]{border-color:var(--mark);box-shadow:inset 0 0 0 1px var(--mark)}
.cause{border-left:4px solid var(--line);padding-left:.8rem}.cause.confirmed{border-color:var(--bad)}
summary{cursor:pointer;padding:.2rem 0}[hidden]{display:none!important}
@media print{.tools{display:none}pre{max-height:none}}
`;
