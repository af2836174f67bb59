// Handing in: files go up one by one, each with its own progress; what happens on the server shows by itself.
import { ask, csrf, tell } from "./app.js";

const place = document.getElementById("case"), id = place.dataset.case;
const list = document.getElementById("sending"), picker = document.getElementById("files"), camera = document.getElementById("camera"), drop = document.getElementById("drop");
const LARGE = 4 << 20, PIECE = 1 << 20; // bytes: from when on a file goes up in pieces, and how much an interruption may cost
const waiting = [];
let busy = false, want = {}; // what the files that are chosen next are for: a point of the notice, or in whose place they come

// The page is asked for anew and its parts put in; what somebody is typing, has opened or stands on stays.
async function renew() {
  const [status, html] = await ask("GET", `/cases/${id}`);
  if (status !== 200) return;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const here of document.querySelectorAll("[id^=part-]")) put(here, page.getElementById(here.id).innerHTML);
}
function put(here, html) {
  const typed = [...here.querySelectorAll("textarea[id]")].map((t) => [t.id, t.value]), open = [...here.querySelectorAll("details[id]")].map((d) => [d.id, d.open]);
  const active = here.contains(document.activeElement) ? document.activeElement : null, label = active?.getAttribute("aria-label");
  if (active?.tagName === "SELECT") return; // somebody is choosing: the next change brings it
  here.innerHTML = html;
  for (const [key, is] of open) { const d = document.getElementById(key); if (d) d.open = is; }
  for (const [key, value] of typed) { const t = document.getElementById(key); if (t) t.value = value; }
  if (active) (active.id ? document.getElementById(active.id) : label ? here.querySelector(`[aria-label="${CSS.escape(label)}"]`) : null)?.focus();
}

// Resolves when the network seems to be back: at once when the browser says so, else after a while.
const back = () => new Promise((go) => { const on = () => { removeEventListener("online", on); clearTimeout(later); go(); }; const later = setTimeout(on, 3000); addEventListener("online", on); });
const BUSY = [429, 502, 503, 507];

// One request with its progress; tried again until it is answered. `make` gives [method, address, headers, body], or null when there is nothing to send any more.
async function answered(row, make, shown) {
  const said = row.querySelector(".said");
  for (;;) {
    const asked = await make();
    if (!asked) return null;
    const request = await new Promise((done) => {
      const [method, address, headers, body] = asked, request = new XMLHttpRequest();
      request.open(method, address);
      for (const [name, value] of Object.entries({ "X-CSRF-Token": csrf, ...headers })) request.setRequestHeader(name, value);
      request.upload.onprogress = (e) => shown?.(e.loaded);
      request.onloadend = () => done(request);
      request.send(body);
    });
    if (request.status === 401) { location.assign(`/login?next=${encodeURIComponent(location.pathname)}`); return new Promise(() => {}); }
    if (request.status && !BUSY.includes(request.status)) { said.textContent = ""; return [request.status, request.responseText ? JSON.parse(request.responseText) : {}]; }
    said.textContent = request.status ? "服务繁忙，稍后自动继续" : "网络中断，恢复后自动继续";
    await back();
  }
}

async function whole(file, row) {
  const key = crypto.randomUUID(), bar = row.querySelector("progress"); // the same key twice is one file
  const form = () => { const made = new FormData(); made.append("files", file, file.name); return made; };
  const [status, told] = await answered(row, () => ["POST", `/v1/cases/${id}/files`, { "Idempotency-Key": key }, form()], (sent) => (bar.value = sent / file.size));
  return [status, told.files?.[0]?.id, told.refused?.[0]?.title ?? told.errors?.[0]?.title ?? told.title];
}

// In pieces: after a broken line, or when the page was closed and the file is chosen again, it goes on where it stopped.
async function pieces(file, row) {
  const bar = row.querySelector("progress"), name = `yushen:${await mark(file)}`, kept = localStorage.getItem(name);
  let [upload, at] = [kept, 0], key = crypto.randomUUID();
  if (upload) {
    const [status, told] = await answered(row, () => ["GET", `/v1/cases/${id}/uploads/${upload}`, {}]);
    if (status !== 200 || told.file) upload = null; else at = told.received;
  }
  if (!upload) {
    const [status, told] = await answered(row, () => ["POST", `/v1/cases/${id}/uploads`, { "Idempotency-Key": key, "Content-Type": "application/json" }, JSON.stringify({ name: file.name, size: file.size })]);
    if (status !== 201) return [status, null, told.errors?.[0]?.title ?? told.title];
    upload = told.id;
    localStorage.setItem(name, upload);
  }
  for (;;) {
    const [status, told] = await answered(row, () => ["PATCH", `/v1/cases/${id}/uploads/${upload}`, { "Upload-Offset": String(at), "Content-Type": "application/octet-stream" }, file.slice(at, at + PIECE)], (sent) => (bar.value = (at + sent) / file.size));
    if (status === 409) { // the piece had arrived, only the answer had not
      const [again, now] = await answered(row, () => ["GET", `/v1/cases/${id}/uploads/${upload}`, {}]);
      if (again === 200 && (now.file || now.received !== at)) { at = now.received; if (!now.file) continue; localStorage.removeItem(name); return [201, now.file.id]; }
    }
    if (status !== 200) { localStorage.removeItem(name); return [status, null, told.errors?.[0]?.title ?? told.title]; }
    at = told.received;
    bar.value = at / file.size;
    if (told.file) { localStorage.removeItem(name); return [201, told.file.id]; }
  }
}
async function mark(file) { // a file's name may name a person: only its hash stays in the browser
  const text = new TextEncoder().encode(`${id}|${file.name}|${file.size}|${file.lastModified}`);
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", text))].map((b) => b.toString(16).padStart(2, "0")).join("").slice(0, 32);
}

async function drain() {
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const [file, row, purpose] = waiting.shift();
    const [status, made, why] = await (file.size > LARGE ? pieces : whole)(file, row);
    if (made) {
      row.remove();
      if (purpose.point) { await ask("POST", `/v1/cases/${id}/messages`, { finding: purpose.point, file: made }); }
      if (purpose.replaces) await ask("DELETE", `/v1/cases/${id}/files/${purpose.replaces}`);
      await renew();
    } else { row.querySelector("progress").remove(); const said = row.querySelector(".said"); said.textContent = why ?? `出错了（${status}）`; said.className = "said bad"; }
  }
  busy = false;
}

function take(files, purpose = {}) {
  for (const file of files) {
    if (file.name.startsWith(".")) continue;
    const row = document.createElement("li");
    row.innerHTML = "<span></span> <span class='said'></span><progress max='1' value='0'></progress>";
    row.firstChild.textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    list.append(row);
    waiting.push([file, row, purpose]);
    if (purpose.replaces) purpose = {}; // the first one stands in the old one's place
  }
  drain();
}

async function unfolded(entry) {
  if (entry.isFile) return [await new Promise((ok, no) => entry.file(ok, no))];
  const reader = entry.createReader(), found = [];
  for (;;) { const some = await new Promise((ok, no) => reader.readEntries(ok, no)); if (!some.length) break; for (const each of some) found.push(...(await unfolded(each))); }
  return found;
}

if (drop) {
  const choose = (input, purpose = {}) => { want = purpose; input.click(); };
  document.getElementById("pick").onclick = () => choose(picker);
  document.getElementById("shoot").onclick = () => choose(camera);
  for (const input of [picker, camera]) {
    input.onchange = () => { take([...input.files], want); want = {}; input.value = ""; };
    input.oncancel = () => (want = {});
    if (input.files.length) input.onchange(); // chosen while this module was still on its way
  }
  // Anywhere on the page; on a point of the notice it answers that.
  addEventListener("dragover", (e) => { e.preventDefault(); drop.classList.add("over"); });
  addEventListener("dragleave", (e) => { if (!e.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", async (e) => {
    e.preventDefault(); drop.classList.remove("over");
    const point = e.target.closest?.("[data-point]")?.dataset.point;
    const entries = [...e.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean), plain = [...e.dataTransfer.files];
    take(entries.length ? (await Promise.all(entries.map(unfolded))).flat() : plain, point ? { point } : {});
  });
  document.addEventListener("click", (e) => {
    const of = (name) => e.target.closest(`[data-${name}]`)?.getAttribute(`data-${name}`);
    if (of("retake")) choose(camera, { replaces: of("retake") });
    if (of("replace")) choose(picker, { replaces: of("replace") });
    if (of("answer")) choose(picker, { point: of("answer") });
    if (of("answer-photo")) choose(camera, { point: of("answer-photo") });
  });
}
addEventListener("beforeunload", (e) => { if (waiting.length || busy) e.preventDefault(); });
document.addEventListener("click", async (event) => {
  const remove = event.target.closest("[data-remove]"), undo = event.target.closest("[data-undo]");
  if (remove) { const [status] = await ask("DELETE", remove.dataset.remove); if (status < 300 && status) renew(); }
  if (undo) { const [status] = await ask("POST", `/v1/cases/${id}/claims/${undo.dataset.undo}/undo`); if (status === 200) { tell("已撤销，正在重新核对。"); renew(); } }
});

// What the broker says of a paper; the rules run again with it, and the bank sees that he said so.
document.addEventListener("submit", async (event) => {
  const form = event.target, { assign, join, split } = form.dataset;
  if (!assign && !join && !split) return;
  event.preventDefault();
  const bodies = [];
  if (assign) {
    const [type, party] = form.place.value.split("|");
    bodies.push({ kind: "type", document: assign, type });
    if (party) bodies.push({ kind: "party", document: assign, party });
  }
  if (join) bodies.push({ kind: "join", document: join, other: form.other.value });
  if (split) { const [file, page] = form.page.value.split("|"); bodies.push({ kind: "split", document: split, file, page: Number(page) }); }
  for (const body of bodies) { const [status] = await ask("POST", `/v1/cases/${id}/claims`, body); if (status !== 201) return; }
  document.activeElement.blur();
  tell("已记下，正在重新核对。");
  renew();
});

// What happens on the server. The browser connects again by itself and names the last event it saw.
let soon;
const live = new EventSource(`/v1/cases/${id}/events/stream?after=${place.dataset.after}`);
const changed = () => { clearTimeout(soon); soon = setTimeout(renew, 300); };
live.onmessage = changed;
for (const kind of JSON.parse(place.dataset.kinds)) live.addEventListener(kind, changed);
live.addEventListener("file.progress", (e) => {
  const { file, pages_done: done, pages } = JSON.parse(e.data), row = document.getElementById(file);
  if (!row) return;
  if (row.dataset.state !== "reading") return void renew();
  const bar = row.querySelector("progress"), said = row.querySelector(".pages");
  if (pages) { bar.max = pages; bar.value = done; said.textContent = `第 ${Math.min(done + 1, pages)} / ${pages} 页`; }
});
setInterval(() => { if (live.readyState === EventSource.CLOSED && document.visibilityState === "visible") renew(); }, 5000); // the stream was refused: a page does not say so itself
document.addEventListener("yushen:done", renew);
