import { ask, tell } from "./app.js";

// The review: what is pointed at on one side lights on the other; keys go from finding to finding.
const root = document.getElementById("review"), leaves = document.getElementById("leaves");
const findings = [...document.querySelectorAll(".finding")];
let zoom = 1, at = -1, looked = null;

function light(id, on) {
  for (const each of document.querySelectorAll(`[data-field="${CSS.escape(id)}"]`)) if (!each.classList.contains("view")) each.classList.toggle("lit", on);
}
function go(place, field, box) {
  const [file, page] = place.split("|");
  const leaf = [...document.querySelectorAll(".leaf")].find((l) => l.dataset.file === file && l.dataset.page === page);
  if (!leaf) return;
  looked = leaf;
  for (const lit of document.querySelectorAll("rect.lit")) lit.classList.remove("lit");
  document.querySelector("rect.pointer")?.remove();
  let spot = null;
  if (box) { // the very spot that the finding speaks of, which may be a row of a table and no field's
    const [x0, y0, x1, y1] = box.split(",").map(Number);
    spot = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: x0, y: y0, width: Math.max(x1 - x0, 0.002), height: Math.max(y1 - y0, 0.002), class: "lit pointer" })) spot.setAttribute(name, value);
    leaf.querySelector("g").append(spot);
  } else if (field) {
    spot = leaf.querySelector(`rect[data-field="${CSS.escape(field)}"]`);
    light(field, true);
  }
  (spot ?? leaf).scrollIntoView({ block: spot ? "center" : "start", inline: "center" });
}
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, (e) => { const id = e.target.closest?.("[data-field]")?.dataset.field; if (id) light(id, true); });
for (const kind of ["mouseout", "focusout"]) document.addEventListener(kind, (e) => { const id = e.target.closest?.("[data-field]")?.dataset.field; if (id) light(id, false); });
document.addEventListener("click", (e) => {
  const go_ = e.target.closest("[data-go]"), rect = e.target.closest("rect[data-field]"), tab = e.target.closest("[role=tab]");
  if (go_) go(go_.dataset.go, go_.dataset.field, go_.dataset.box);
  if (rect) { show("tab-papers"); const field = document.querySelector(`.field[data-field="${CSS.escape(rect.dataset.field)}"]`); if (field) { field.closest("details").open = true; field.focus(); field.scrollIntoView({ block: "center" }); } }
  if (tab) show(tab.getAttribute("aria-controls"));
  const named = e.target.closest("[data-finding]");
  if (named) { e.preventDefault(); at = Number(named.dataset.finding) - 1; finding(0); }
});
function show(id) {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", String(tab.getAttribute("aria-controls") === id));
  for (const panel of document.querySelectorAll("[role=tabpanel]")) panel.hidden = panel.id !== id;
}
if (location.hash.startsWith("#tab-") && document.querySelector(location.hash)) show(location.hash.slice(1));
function finding(step) {
  if (!findings.length) return;
  show("tab-findings");
  for (const each of findings) each.removeAttribute("aria-current");
  at = (at + step + findings.length) % findings.length;
  const now = findings[at], first = now.querySelector("[data-go]");
  now.setAttribute("aria-current", "true"); now.focus(); now.scrollIntoView({ block: "nearest" });
  if (first) go(first.dataset.go, first.dataset.field, first.dataset.box);
}
function scale(by) { zoom = Math.min(4, Math.max(0.5, zoom * by)); leaves.style.setProperty("--zoom", zoom); }
document.getElementById("larger")?.addEventListener("click", () => scale(1.25));
document.getElementById("smaller")?.addEventListener("click", () => scale(0.8));
// The page in view is the one last gone to while it can be seen, else the uppermost that can. Its picture comes turned from the server, its boxes turn with it.
function current() {
  const box = leaves.getBoundingClientRect(), inside = (l) => { const r = l.getBoundingClientRect(); return r.bottom > Math.max(box.top, 0) + 60 && r.top < Math.min(box.bottom, innerHeight); };
  return looked && inside(looked) ? looked : [...document.querySelectorAll(".leaf")].find(inside);
}
function rotate(by) {
  const leaf = current();
  if (!leaf) return;
  looked = leaf;
  const more = ((Number(leaf.dataset.by ?? 0) + by) % 4 + 4) % 4; // quarters to the left, as the server turns
  leaf.dataset.by = more;
  leaf.querySelector("img").src = `${leaf.dataset.picture}?turn=${(Number(leaf.dataset.turn) + more) % 4}`;
  leaf.querySelector("g").setAttribute("transform", `rotate(${-90 * more} 0.5 0.5)`);
  leaf.scrollIntoView({ block: "nearest" });
}
document.getElementById("left")?.addEventListener("click", () => rotate(1));
document.getElementById("right")?.addEventListener("click", () => rotate(-1));
function help() { const said = document.getElementById("help"); said.hidden = !said.hidden; document.getElementById("keys").setAttribute("aria-expanded", String(!said.hidden)); }
document.getElementById("keys")?.addEventListener("click", help);
function field(step, weak = "") {
  show("tab-papers");
  const all = [...document.querySelectorAll(`.field${weak}`)], now = document.activeElement.closest?.(".field");
  if (!all.length) return;
  const after = all.findIndex((f) => now && now.compareDocumentPosition(f) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = step > 0 ? all[Math.max(after, 0)] : all[((now ? all.indexOf(now) : 0) - 1 + all.length) % all.length];
  next.closest("details").open = true; next.focus(); next.scrollIntoView({ block: "center" });
  if (next.dataset.go) go(next.dataset.go, next.dataset.field);
}
document.getElementById("only")?.addEventListener("change", (e) => { for (const each of document.querySelectorAll("#story > li")) each.hidden = Boolean(e.target.value) && each.dataset.group !== e.target.value; });
document.addEventListener("keydown", (e) => {
  if (e.target.matches("input, textarea, select") || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "n") finding(1);
  else if (e.key === "p") finding(-1);
  else if (e.key === "+" || e.key === "=") scale(1.25);
  else if (e.key === "-") scale(0.8);
  else if (e.key === "0") scale(1 / zoom);
  else if (e.key === "r") rotate(-1);
  else if (e.key === "R") rotate(1);
  else if (e.key === "j") field(1);
  else if (e.key === "k") field(-1);
  else if (e.key === "u") field(1, ".weak");
  else if (e.key === "?") help();
  else if (/^[1-5]$/.test(e.key)) { const tab = document.querySelectorAll("[role=tab]")[Number(e.key) - 1]; tab.focus(); show(tab.getAttribute("aria-controls")); }
  else if (e.key === "Enter" && e.target.matches(".field[data-go]")) go(e.target.dataset.go, e.target.dataset.field);
  else if (["ArrowLeft", "ArrowRight"].includes(e.key) && e.target.matches("[role=tab]")) { const tabs = [...document.querySelectorAll("[role=tab]")], next = tabs[(tabs.indexOf(e.target) + (e.key === "ArrowRight" ? 1 : -1) + tabs.length) % tabs.length]; next.focus(); show(next.getAttribute("aria-controls")); }
});

// Decisions and corrections. The rules run again on the server, nothing is read twice; then the page comes back with what changed.
const id = root?.dataset.case;
const keys = () => findings.map((f) => f.dataset.key).filter(Boolean);

async function change(address, body) {
  const [status] = await ask("POST", address, body, { "If-Match": root.dataset.etag });
  if (status === 412) return changed();
  if (status >= 200 && status < 300) await checked();
}
// Somebody was quicker: what he did, from the story of the case; nothing that was typed here is lost.
async function changed() {
  const [status, told] = await ask("GET", `/review/${id}/since/${root.dataset.leaf}`), place = document.getElementById("changed");
  if (status !== 200) return;
  place.querySelector("ul").innerHTML = told; // made by our own template, escaped there
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}
document.getElementById("again")?.addEventListener("click", () => again());
async function checked() {
  tell("正在重新核对…");
  for (let n = 0; n < 120; n++) {
    const [status, now] = await ask("GET", `/v1/cases/${id}`);
    if (status === 200 && now.checked && now.report > Number(root.dataset.report)) break;
    await new Promise((done) => setTimeout(done, 500));
  }
  again(true);
}
function again(checked = false) {
  const tab = document.querySelector("[role=tab][aria-selected=true]")?.getAttribute("aria-controls");
  sessionStorage.setItem(`yushen:${id}`, JSON.stringify({ tab, top: leaves.scrollTop, checked }));
  location.assign(location.pathname);
}
const before = root && JSON.parse(sessionStorage.getItem(`yushen:${id}`) ?? "null");
if (before) {
  sessionStorage.removeItem(`yushen:${id}`);
  const said = document.getElementById("difference");
  if (said && before.checked) said.open = true;
  if (before.tab) show(before.tab);
  leaves.scrollTop = before.top;
}
document.addEventListener("click", async (e) => {
  const decide = e.target.closest("[data-decide]"), edit = e.target.closest("[data-edit]");
  if (decide) {
    const body = { decision: decide.dataset.decide };
    if (body.decision === "waived") { body.reason = prompt("豁免理由（必填）："); if (!body.reason) return; }
    await change(`/v1/cases/${id}/findings/${decide.dataset.key}/decision`, body);
  }
  if (edit) {
    e.stopPropagation();
    const value = prompt("更正为（原读数保留）：", edit.dataset.value);
    if (value === null || value === edit.dataset.value) return;
    await change(`/v1/cases/${id}/corrections`, { kind: "field", document: edit.dataset.document, field: edit.dataset.edit, value: value.trim() || null });
  }
});
document.addEventListener("yushen:done", (e) => (e.target.dataset.json.includes("/corrections") ? checked() : again()));
document.addEventListener("submit", async (e) => {
  const form = e.target.closest("form.split");
  if (!form) return;
  e.preventDefault();
  const [file, page] = form.page.value.split("|");
  await change(`/v1/cases/${id}/corrections`, { kind: "split", document: form.dataset.document, file, page: Number(page) });
});
document.addEventListener("yushen:changed", () => changed());
// A paper is printed when it is first asked for: until then the answer is 202.
document.addEventListener("click", async (e) => {
  const link = e.target.closest("a[data-paper]");
  if (!link) return;
  e.preventDefault();
  tell("正在生成…");
  for (let n = 0; n < 60; n++) {
    const answer = await fetch(link.href);
    if (answer.status === 200) { tell(""); location.assign(link.href); return; }
    if (answer.status !== 202) { tell("报告文书未能生成，请稍后重试。"); return; }
    await new Promise((done) => setTimeout(done, 2000));
  }
});
document.getElementById("notice")?.addEventListener("submit", async (e) => {
  e.preventDefault();
  const asked = [...document.querySelectorAll(".ask:checked")].map((box) => box.value);
  const [status] = await ask("POST", `/v1/cases/${id}/notices`, { report: Number(root.dataset.report), text: e.target.text.value, findings: asked }, { "If-Match": root.dataset.etag });
  if (status === 412) changed();
  if (status === 201) location.assign("/queue");
});
