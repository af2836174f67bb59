// Administration: what is secret shows once, here, and nowhere again.
import { ask } from "./app.js";

const place = document.getElementById("secret");
function reveal(text) { place.textContent = text; place.hidden = false; place.scrollIntoView(); }
document.addEventListener("click", async (e) => {
  const change = e.target.closest("[data-change]"), fresh = e.target.closest("[data-fresh]");
  if (change) { const [status] = await ask("PATCH", `/v1/users/${change.dataset.user}`, JSON.parse(change.dataset.change)); if (status === 200) location.reload(); }
  if (fresh) { const [status, told] = await ask("POST", fresh.dataset.fresh, fresh.dataset.body ? JSON.parse(fresh.dataset.body) : undefined); if (status < 300 && told) reveal(`只显示这一次：${told.password ?? told.secret}`); }
});
document.addEventListener("yushen:done", (e) => reveal(`账号 ${e.detail.login} 的首次密码（只显示这一次）：${e.detail.password}`));
