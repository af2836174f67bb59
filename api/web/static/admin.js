// Administration: what is secret shows once, here, and nowhere again.
import { ask, tell } from "./app.js";

const place = document.getElementById("secret");
function reveal(text) { place.textContent = text; place.hidden = false; place.tabIndex = -1; place.focus(); place.scrollIntoView(); }
document.addEventListener("click", async (e) => {
  const button = e.target.closest("[data-change], [data-fresh], [data-end]");
  if (!button || (button.dataset.sure && !confirm(button.dataset.sure))) return;
  const { change, at, fresh, body, end } = button.dataset;
  button.disabled = true;
  if (change) { const [status] = await ask("PATCH", at, JSON.parse(change)); if (status === 200) location.reload(); }
  if (fresh) { const [status, told] = await ask("POST", fresh, body ? JSON.parse(body) : undefined); if (status < 300 && told) reveal(`只显示这一次：${told.password ?? told.secret}`); }
  if (end) { const [status] = await ask("DELETE", end); if (status === 204) location.reload(); }
  button.disabled = false;
});
document.getElementById("allow")?.addEventListener("submit", async (e) => {
  e.preventDefault();
  const [status] = await ask("PUT", `/v1/organisations/${e.target.agency.value}/branches/${e.target.branch.value}`);
  if (status === 204) location.reload();
});
document.addEventListener("yushen:done", (e) => {
  if (e.detail?.password) reveal(`账号 ${e.detail.login} 的首次密码（只显示这一次）：${e.detail.password}`);
  else if (e.target.dataset.stays) tell("已保存。");
  else location.reload();
});
