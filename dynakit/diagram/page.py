"""How the page looks: everything flows, so nothing overlaps on any width."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --ink: #1c2330; --faint: #667085; --paper: #f6f7f9; --card: #ffffff;
  --line: #dfe3e8; --pk: #2563eb; --sk: #0f8a5f; --mark: #b4540a; --tag: #eef2f7; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --faint: #98a2b3; --paper: #0e1116;
  --card: #171b22; --line: #2b313b; --pk: #7aa7ff; --sk: #5fd0a1; --mark: #f0a35e; --tag: #232a34; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 24px 16px 64px; }
.table + .table { border-top: 1px solid var(--line); margin-top: 56px; padding-top: 24px; }
h1 { font-size: 26px; line-height: 1.25; margin: 16px 0 8px; overflow-wrap: anywhere; }
h2 { font-size: 16px; font-weight: 600; margin: 28px 0 10px; overflow-wrap: anywhere; }
h3 { font-size: 15px; margin: 0 0 6px; overflow-wrap: anywhere; }
small { color: var(--faint); font-weight: 400; font-size: 13px; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.keys { font-weight: 400; margin-left: 6px; }
.keys code { display: inline-block; max-width: 100%; margin-right: 8px; }
.keys .pk { color: var(--pk); }
.keys .sk { color: var(--sk); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline; margin: 0; font-size: 13px;
  color: var(--faint); }
.legend i { font-style: normal; color: var(--mark); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(260px, 100%), 1fr)); gap: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px;
  min-width: 0; }
.template { border-left: 3px solid; padding: 1px 0 1px 8px; min-width: 0; }
.card .template { margin-top: 4px; }
.template.pk { border-color: var(--pk); }
.template.sk { border-color: var(--sk); }
.template i { font-style: normal; color: var(--mark); display: inline-block; max-width: 100%; }
.collection ul { list-style: none; display: flex; flex-wrap: wrap; gap: 6px; margin: 10px 0 0; padding: 0; }
.collection li, .tag { background: var(--tag); border-radius: 6px; padding: 1px 8px; font-size: 13px;
  font-weight: 400; overflow-wrap: anywhere; }
.pattern, .headings { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 4fr) minmax(0, 2fr);
  gap: 4px 16px; align-items: baseline; padding: 8px 0; border-bottom: 1px solid var(--line); }
.headings { color: var(--faint); font-size: 13px; padding-top: 0; }
.pattern span { color: var(--faint); font-size: 14px; overflow-wrap: anywhere; }
.pattern .tag { justify-self: start; color: var(--ink); font-weight: 400; }
@media (max-width: 640px) { .pattern { grid-template-columns: minmax(0, 1fr) auto; }
  .pattern code { grid-column: 1 / -1; } .pattern .tag { max-width: 200px; } .headings { display: none; } }
"""
