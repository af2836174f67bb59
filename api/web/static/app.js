// What every page needs: telling people what happened, posting with the session's token, buttons that post.
export const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

export function tell(text) {
  const place = document.getElementById("told");
  place.textContent = text;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (place.textContent = ""), 6000);
}

// A request to the API. Resolves to [status, body]; a problem's sentence is told to the person.
export async function ask(method, address, body, headers = {}) {
  const more = method === "GET" ? {} : { "X-CSRF-Token": csrf, "Idempotency-Key": crypto.randomUUID() };
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(address, { method, headers: { "X-Yushen-Part": "1", ...more, ...json, ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    tell("网络中断，请稍后重试。");
    return [0, null];
  }
  if (answer.status === 401) keep();
  if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  const text = await answer.text();
  const told = text && (answer.headers.get("Content-Type") ?? "").includes("json") ? JSON.parse(text) : text || null;
  if (!answer.ok) tell(told?.errors?.[0]?.title ?? told?.title ?? `出错了（${answer.status}）`);
  return [answer.status, told];
}

// What somebody was typing when his session ended is there again after the log-in, in this tab only.
const typed = `yushen:typed:${location.pathname}`;
function keep() {
  const found = [...document.querySelectorAll("textarea[id]")].filter((t) => t.value && t.value !== t.defaultValue).map((t) => [t.id, t.value]);
  if (found.length) sessionStorage.setItem(typed, JSON.stringify(found));
}
for (const [id, value] of JSON.parse(sessionStorage.getItem(typed) ?? "[]")) { const place = document.getElementById(id); if (place) { place.value = value; const inside = place.closest("details"); if (inside) inside.open = true; } }
sessionStorage.removeItem(typed);

// Says at each field what is wrong with it; what was typed stays. What speaks of no field of the form is told as a whole.
function wrong(form, told) {
  for (const old of form.querySelectorAll(".why")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
  let first = null;
  for (const { at, title } of told?.errors ?? []) {
    const field = form.elements[at?.split("/")[1]], one = field instanceof RadioNodeList ? field[0] : field;
    if (!one?.after) continue;
    const why = document.createElement("span");
    why.className = "why bad small"; why.id = `why-${Math.random().toString(36).slice(2)}`; why.textContent = one.title || title;
    one.after(why); one.setAttribute("aria-invalid", "true"); one.setAttribute("aria-describedby", why.id);
    first ??= one;
  }
  first?.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-post]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.sure && !confirm(button.dataset.sure)) return;
  button.disabled = true;
  const match = button.dataset.match ? { "If-Match": document.querySelector("[data-etag]").dataset.etag } : {};
  const [status] = await ask("POST", button.dataset.post, button.dataset.body ? JSON.parse(button.dataset.body) : undefined, match);
  button.disabled = false;
  if (status === 412) button.dispatchEvent(new CustomEvent("yushen:changed", { bubbles: true }));
  if (status >= 200 && status < 300 && button.dataset.then) location.assign(button.dataset.then);
});

// A form whose fields become the JSON of a request: data-json="POST /v1/…". Afterwards `yushen:done` is told on it.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-json]");
  if (!form) return;
  event.preventDefault();
  const [method, address] = form.dataset.json.split(" "), body = {};
  for (const [name, value] of new FormData(form)) if (value !== "") body[name] = form.elements[name].type === "number" ? Number(value) : value;
  for (const box of form.querySelectorAll("input[type=checkbox][name]:not([data-list])")) body[box.name] = box.checked;
  for (const { name } of form.querySelectorAll("[data-list]")) body[name] = new FormData(form).getAll(name);
  const match = form.dataset.match ? { "If-Match": document.querySelector("[data-etag]").dataset.etag } : {};
  const button = form.querySelector("button");
  button.disabled = true;
  const [status, told] = await ask(method, address, body, match);
  button.disabled = false;
  wrong(form, status >= 400 ? told : null);
  if (status === 412) form.dispatchEvent(new CustomEvent("yushen:changed", { bubbles: true }));
  if (status >= 200 && status < 300) { if (!form.dataset.stays) form.reset(); form.dispatchEvent(new CustomEvent("yushen:done", { bubbles: true, detail: told })); }
});
