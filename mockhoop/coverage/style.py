"""How the page looks, in light and in dark, on a desk and on a phone."""

STYLE = """
:root {
  --ground: #fff; --raised: #f6f7f9; --text: #1b1f24; --quiet: #5b6470; --edge: #d8dde3;
  --hit: #1a7f4b; --miss: #b3261e; --track: #e3e7ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1d2127; --text: #e6e9ed; --quiet: #9aa4b0; --edge: #333a43;
    --hit: #4ac282; --miss: #ff8a80; --track: #333a43;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { font-size: 1.4rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
label { cursor: pointer; }
code { font: 0.88em/1.4 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.2rem 0.6rem 0.2rem 0; text-align: left; vertical-align: baseline; font-weight: normal; }
.points td { border-top: 1px solid var(--edge); }
.points td:first-child { color: var(--quiet); width: 7rem; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.place { color: var(--quiet); font-size: 0.8em; overflow-wrap: anywhere; }
.whole { display: flex; align-items: center; gap: 1rem; margin: 0.5rem 0; }
.whole strong { font-size: 2rem; white-space: nowrap; }
.track { display: inline-block; width: 8rem; height: 0.55rem; border-radius: 0.3rem; background: var(--track); }
.whole .track { flex: 1; width: auto; max-width: 30rem; }
.bar { width: 8rem; }
.fill { display: block; height: 100%; border-radius: 0.3rem; background: var(--hit); }
.miss .number, p.miss { color: var(--miss); }
.hit .number { color: var(--hit); }
details { border: 1px solid var(--edge); border-radius: 0.4rem; margin: 0.5rem 0; padding: 0 0.8rem; }
details.operation { background: var(--raised); }
details[open] { padding-bottom: 0.6rem; }
summary { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; align-items: center; padding: 0.4rem 0; cursor: pointer; }
summary::before { content: "▸"; color: var(--quiet); }
details[open] > summary::before { content: "▾"; }
summary .name { flex: 1; min-width: 12rem; font-weight: 600; overflow-wrap: anywhere; }
ul { margin: 0.2rem 0; padding-left: 1.2rem; }
#missing:checked ~ main .hit { display: none; }
@media (max-width: 40rem) {
  .bar, summary .track { display: none; }
  .points td:first-child { width: auto; font-size: 0.8em; }
  summary .name { min-width: 100%; order: -1; }
  summary::before { display: none; }
}
"""
