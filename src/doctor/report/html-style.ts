/**
 * How the report looks: on paper as on screens, in light and dark, from 360 pixels on. Nothing scrolls sideways, as what
 * is cut off isn't read. Text keeps a contrast of 4.5:1; a test measures it.
 */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #566171; --paper: #fff; --box: #f4f6f9; --line: #d5dbe3;
  --bad: #b3261e; --good: #1b6e3c; --warn: #865700; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e9f0; --soft: #a3aebc; --paper: #14181e; --box: #1d232c; --line: #36404d;
  --bad: #ff8a80; --good: #7bd88f; --warn: #f3c065; } }
@media print { :root { color-scheme: light; --ink: #1d2430; --soft: #566171; --paper: #fff; --box: #f4f6f9; --line: #d5dbe3;
  --bad: #b3261e; --good: #1b6e3c; --warn: #865700; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 54rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font: 600 1.05rem/1.45 ui-monospace, monospace; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .6rem; break-after: avoid; }
p { margin: .4rem 0; } .end { margin-top: 2rem; }
code, pre { font: .86em/1.5 ui-monospace, monospace; }
code { background: var(--box); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .85rem; margin: .6rem 0;
  white-space: pre-wrap; tab-size: 4; }
.asked, .soft, small { color: var(--soft); } small { font-size: .85rem; } .whole { white-space: nowrap; }
.bad, .error, .hit, .blocked, .unreachable { color: var(--bad); } .good, .readable, .clear { color: var(--good); }
.warning, .undecided, .opaque { color: var(--warn); } .info { color: var(--soft); }
.verdict { font-size: 1.15rem; font-weight: 600; border-left: 5px solid; padding: .3rem .9rem; margin: 1rem 0; }
article { border-top: 1px solid var(--line); padding: .8rem 0 .3rem; break-inside: avoid; }
article > p:first-child { font-weight: 600; margin-top: 0; }
article.cause { border: 1px solid var(--line); border-left: 5px solid currentcolor; border-radius: 8px; padding: .8rem 1.1rem;
  margin: 1rem 0; } article.cause > * { color: var(--ink); } article.cause > small { color: var(--soft); }
article.cause > p:first-child { font-size: 1.1rem; }
.tag { font-size: .72em; font-weight: 700; text-transform: uppercase; letter-spacing: .05em; margin-right: .35em; }
summary { color: var(--soft); cursor: pointer; font-size: .85rem; } details { margin: .25rem 0 .4rem; }
ul { padding-left: 1.3rem; margin: .4rem 0; } .checks { list-style: none; padding: 0; }
.checks li { padding: .12rem 0 .12rem 1.4rem; text-indent: -1.4rem; } .mark { display: inline-block; width: 1.4rem; text-indent: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td, th { border-bottom: 1px solid var(--line); padding: .4rem .5rem .4rem 0;
  text-align: left; vertical-align: top; } th { color: var(--soft); font-weight: 600; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; } svg.narrow { display: none; }
svg text { fill: var(--ink); } svg .small { font-size: 11px; fill: var(--soft); } svg .head { font-weight: 600; }
svg text.bad { fill: var(--bad); } svg text.good { fill: var(--good); } svg text.warning { fill: var(--warn); }
svg .life { stroke: var(--line); stroke-width: 2; } svg .arrow { stroke: var(--soft); stroke-width: 1.5; }
svg .arrow.bad { stroke: var(--bad); } svg .arrow.good { stroke: var(--good); } svg .tip { fill: var(--soft); fill: context-stroke; }
@media (max-width: 40rem) { body { padding: 1.25rem 1rem 3rem; } svg.wide { display: none; } svg.narrow { display: block; }
  article.cause { padding: .7rem .8rem; } pre { padding: .5rem .65rem; }
  tr:has(th) { display: none; } table, tbody, tr, td { display: block; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: .1rem 0; } td:empty { display: none; } }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } pre, tr, svg { break-inside: avoid; }
  ::details-content { content-visibility: visible; display: block; } summary { list-style: none; } }
`;
