// The review: what is pointed at on one side lights on the other; keys go from finding to finding.
const root = document.getElementById("review"), leaves = document.getElementById("leaves");
const findings = [...document.querySelectorAll(".finding")];
let zoom = 1, at = -1;

function light(id, on) {
  for (const each of document.querySelectorAll(`[data-field="${CSS.escape(id)}"]`)) if (!each.classList.contains("view")) each.classList.toggle("lit", on);
}
function go(place, field) {
  const [file, page] = place.split("|");
  const leaf = [...document.querySelectorAll(".leaf")].find((l) => l.dataset.file === file && l.dataset.page === page);
  if (!leaf) return;
  const spot = field && leaf.querySelector(`rect[data-field="${CSS.escape(field)}"]`);
  leaf.scrollIntoView({ block: "start" });
  if (spot) spot.scrollIntoView({ block: "center", inline: "center" });
  for (const lit of document.querySelectorAll("rect.lit")) lit.classList.remove("lit");
  if (field) light(field, true);
}
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, (e) => { const id = e.target.closest?.("[data-field]")?.dataset.field; if (id) light(id, true); });
for (const kind of ["mouseout", "focusout"]) document.addEventListener(kind, (e) => { const id = e.target.closest?.("[data-field]")?.dataset.field; if (id) light(id, false); });
document.addEventListener("click", (e) => {
  const go_ = e.target.closest("[data-go]"), rect = e.target.closest("rect[data-field]"), tab = e.target.closest("[role=tab]");
  if (go_) go(go_.dataset.go, go_.dataset.field);
  if (rect) { show("tab-papers"); const field = document.querySelector(`.field[data-field="${CSS.escape(rect.dataset.field)}"]`); if (field) { field.closest("details").open = true; field.focus(); field.scrollIntoView({ block: "center" }); } }
  if (tab) show(tab.getAttribute("aria-controls"));
});
function show(id) {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", String(tab.getAttribute("aria-controls") === id));
  for (const panel of document.querySelectorAll("[role=tabpanel]")) panel.hidden = panel.id !== id;
}
function finding(step) {
  if (!findings.length) return;
  show("tab-findings");
  findings[at]?.removeAttribute("aria-current");
  at = (at + step + findings.length) % findings.length;
  const now = findings[at], first = now.querySelector("[data-go]");
  now.setAttribute("aria-current", "true"); now.focus(); now.scrollIntoView({ block: "nearest" });
  if (first) go(first.dataset.go, first.dataset.field);
}
function scale(by) { zoom = Math.min(4, Math.max(0.5, zoom * by)); leaves.style.setProperty("--zoom", zoom); }
document.getElementById("larger")?.addEventListener("click", () => scale(1.25));
document.getElementById("smaller")?.addEventListener("click", () => scale(0.8));
document.addEventListener("keydown", (e) => {
  if (e.target.matches("input, textarea, select") || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "n") finding(1);
  else if (e.key === "p") finding(-1);
  else if (e.key === "+" || e.key === "=") scale(1.25);
  else if (e.key === "-") scale(0.8);
  else if (e.key === "Enter" && e.target.matches(".field[data-go]")) go(e.target.dataset.go, e.target.dataset.field);
  else if (["ArrowLeft", "ArrowRight"].includes(e.key) && e.target.matches("[role=tab]")) { const tabs = [...document.querySelectorAll("[role=tab]")], next = tabs[(tabs.indexOf(e.target) + (e.key === "ArrowRight" ? 1 : -1) + tabs.length) % tabs.length]; next.focus(); show(next.getAttribute("aria-controls")); }
});
