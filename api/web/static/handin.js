// Handing in: files go up one by one, each with its own progress; what happens on the server shows by itself.
import { ask, csrf, tell } from "./app.js";

const place = document.getElementById("case"), id = place.dataset.case;
const list = document.getElementById("sending"), picker = document.getElementById("files"), camera = document.getElementById("camera"), drop = document.getElementById("drop");
const waiting = [];
let busy = false;

async function part(name) {
  const [status, html] = await ask("GET", `/cases/${id}/part/${name}`);
  if (status === 200) document.getElementById(`part-${name}`).innerHTML = html;
}

// One file, with its progress; tried again when the network is back. The same key twice is one file.
function send(file, row) {
  const key = crypto.randomUUID(), bar = row.querySelector("progress"), said = row.querySelector(".said");
  return new Promise((done) => {
    const once = () => {
      const request = new XMLHttpRequest(), form = new FormData();
      form.append("files", file, file.name);
      request.open("POST", `/v1/cases/${id}/files`);
      request.setRequestHeader("X-CSRF-Token", csrf);
      request.setRequestHeader("Idempotency-Key", key);
      request.upload.onprogress = (e) => (bar.value = e.loaded / e.total);
      const again = (why) => { said.textContent = why; const back = () => { removeEventListener("online", back); clearTimeout(later); once(); }; const later = setTimeout(back, 3000); addEventListener("online", back); };
      request.onerror = () => again("网络中断，恢复后自动继续");
      request.onload = () => {
        if (request.status === 401) return location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
        if ([429, 502, 503, 507].includes(request.status)) return again("服务繁忙，稍后自动继续");
        const told = request.responseText ? JSON.parse(request.responseText) : {};
        const refused = told.refused?.[0]?.title ?? (request.status >= 400 ? told.errors?.[0]?.title ?? told.title : "");
        if (refused) { said.textContent = refused; said.className = "said bad"; bar.remove(); } else row.remove();
        done();
      };
      said.textContent = "";
      request.send(form);
    };
    once();
  });
}

async function drain() {
  if (busy) return;
  busy = true;
  while (waiting.length) { const [file, row] = waiting.shift(); await send(file, row); await part("files"); }
  busy = false;
}

function take(files) {
  for (const file of files) {
    if (file.name.startsWith(".")) continue;
    const row = document.createElement("li");
    row.innerHTML = "<span></span> <span class='said'></span><progress max='1' value='0'></progress>";
    row.firstChild.textContent = file.name;
    list.append(row);
    waiting.push([file, row]);
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
  document.getElementById("pick").onclick = () => picker.click();
  document.getElementById("shoot").onclick = () => camera.click();
  for (const input of [picker, camera]) {
    input.onchange = () => { take([...input.files]); input.value = ""; };
    if (input.files.length) input.onchange(); // chosen while this module was still on its way
  }
  drop.ondragover = (e) => { e.preventDefault(); drop.classList.add("over"); };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = async (e) => {
    e.preventDefault(); drop.classList.remove("over");
    const entries = [...e.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const found = entries.length ? (await Promise.all(entries.map(unfolded))).flat() : [...e.dataTransfer.files];
    take(found);
  };
}
addEventListener("beforeunload", (e) => { if (waiting.length || busy) e.preventDefault(); });
document.addEventListener("click", async (event) => {
  const remove = event.target.closest("[data-remove]"), retake = event.target.closest("[data-retake]");
  if (remove) { const [status] = await ask("DELETE", remove.dataset.remove); if (status < 300 && status) part("files"); }
  if (retake) camera.click();
});

// What happens on the server. The browser connects again by itself and names the last event it saw.
let soon;
const live = new EventSource(`/v1/cases/${id}/events/stream?after=${place.dataset.after}`);
const changed = () => { clearTimeout(soon); soon = setTimeout(async () => { for (const name of ["files", "checklist", "notice", "talk"]) await part(name); }, 300); };
live.onmessage = changed;
for (const kind of JSON.parse(place.dataset.kinds)) live.addEventListener(kind, changed);
setInterval(() => { if (document.querySelector(".chip.reading, .chip.waiting")) part("files"); }, 2000);
document.addEventListener("yushen:done", () => part("talk"));
